package io.downbeat.serving;

import io.downbeat.serving.accounts.AccountsHandlers;
import io.downbeat.serving.audits.AuditsHandlers;
import io.downbeat.serving.catalog.CatalogHandlers;
import io.downbeat.serving.charts.ChartsHandlers;
import io.downbeat.serving.counts.CountsHandlers;
import io.downbeat.serving.http.DemoListeners;
import io.downbeat.serving.http.Route;
import io.downbeat.serving.library.LibraryHandlers;
import io.downbeat.serving.recent.RecentHandlers;
import io.downbeat.serving.recommendations.RecommendationsHandlers;
import io.downbeat.serving.search.SearchHandlers;
import io.downbeat.serving.sound.PlaybackHandlers;
import io.downbeat.serving.tokens.TokenKeysHandlers;
import java.util.List;

/** Every path. Each is a read: it answers GET, and HEAD with the same headers. */
final class Routes {

  private Routes() {}

  static List<Route> all(
      CatalogHandlers catalog,
      SearchHandlers search,
      CountsHandlers counts,
      ChartsHandlers charts,
      RecentHandlers recent,
      RecommendationsHandlers recommendations,
      AccountsHandlers accounts,
      LibraryHandlers library,
      TokenKeysHandlers tokenKeys,
      AuditsHandlers audits,
      PlaybackHandlers playback,
      DemoListeners demo,
      Operations operations) {
    return List.of(
        new Route("/v1/tracks", catalog::tracks),
        new Route("/v1/albums", catalog::albums),
        new Route("/v1/artists", catalog::artists),
        new Route("/v1/tracks/{id}", catalog::track),
        new Route("/v1/albums/{id}", catalog::album),
        new Route("/v1/artists/{id}", catalog::artist),
        new Route("/v1/search", search::search),
        new Route("/v1/search/suggestions", search::suggestions),
        new Route("/v1/counts/everything", counts::ofEverything),
        new Route("/v1/counts/{kind}/{id}", counts::ofThing),
        new Route("/v1/charts/{scope}", charts::chart),
        new Route("/v1/me/recent", recent::recent),
        new Route("/v1/me/recommendations", recommendations::recommendations),
        new Route("/v1/me", accounts::me),
        new Route("/v1/me/subscription", accounts::subscription),
        new Route("/v1/family", accounts::family),
        new Route("/v1/devices", accounts::devices),
        new Route("/v1/me/likes", library::likes),
        new Route("/v1/me/likes/contains", library::likesContains),
        new Route("/v1/me/following/artists", library::followedArtists),
        new Route("/v1/me/following/users", library::followedUsers),
        new Route("/v1/me/hidden/tracks", library::hiddenTracks),
        new Route("/v1/me/hidden/artists", library::hiddenArtists),
        new Route("/.well-known/jwks.json", tokenKeys::keys),
        new Route("/v1/tracks/{id}/similar", recommendations::similar),
        new Route("/v1/tracks/{id}/playback", playback::playback),
        new Route("/v1/audits/latest", audits::latest),
        new Route("/v1/demo/listeners", demo::list),
        new Route("/openapi.json", operations::contract),
        new Route("/healthz", operations::health),
        new Route("/readyz", operations::readiness),
        new Route("/metrics", operations::metrics));
  }
}
