package io.downbeat.ingest;

import static io.javalin.http.HandlerType.DELETE;
import static io.javalin.http.HandlerType.GET;
import static io.javalin.http.HandlerType.PATCH;
import static io.javalin.http.HandlerType.POST;
import static io.javalin.http.HandlerType.PUT;

import io.downbeat.ingest.accounts.AccountsHandlers;
import io.downbeat.ingest.accounts.DevicesHandlers;
import io.downbeat.ingest.accounts.FamilyHandlers;
import io.downbeat.ingest.http.Route;
import io.downbeat.ingest.http.ServiceKey;
import io.downbeat.ingest.library.LibraryHandler;
import io.javalin.http.Handler;
import java.util.List;

/** Every path there is. */
final class Routes {

  private Routes() {}

  static List<Route> of(
      ServiceKey key,
      Handler plays,
      Handler catalog,
      AccountsHandlers accounts,
      DevicesHandlers devices,
      FamilyHandlers families,
      LibraryHandler library,
      Operations operations) {
    return List.of(
        new Route(POST, "/v1/plays", plays),
        new Route(POST, "/v1/catalog", key.required(catalog)),
        new Route(POST, "/v1/accounts", accounts::signUp),
        new Route(POST, "/v1/sessions", accounts::signIn),
        new Route(POST, "/v1/sessions/refresh", accounts::refresh),
        new Route(DELETE, "/v1/sessions/current", accounts::signOut),
        new Route(DELETE, "/v1/sessions", accounts::signOutEverywhere),
        new Route(PATCH, "/v1/me", accounts::changeProfile),
        new Route(PUT, "/v1/me/password", accounts::changePassword),
        new Route(POST, "/v1/me/deletion", accounts::delete),
        new Route(POST, "/v1/devices", devices::addDevice),
        new Route(PATCH, "/v1/devices/{id}", devices::nameDevice),
        new Route(DELETE, "/v1/devices/{id}", devices::removeDevice),
        new Route(POST, "/v1/subscriptions", key.required(accounts::subscribe)),
        new Route(POST, "/v1/family/invitations", families::invite),
        new Route(DELETE, "/v1/family/invitations/{id}", families::withdraw),
        new Route(POST, "/v1/family/memberships", families::join),
        new Route(DELETE, "/v1/family/memberships/current", families::leave),
        new Route(DELETE, "/v1/family/members/{id}", families::remove),
        new Route(POST, "/v1/me/likes", library::importLikes),
        new Route(PUT, "/v1/me/likes/{track}", library::like),
        new Route(DELETE, "/v1/me/likes/{track}", library::unlike),
        new Route(PUT, "/v1/me/following/{kind}/{id}", library::follow),
        new Route(DELETE, "/v1/me/following/{kind}/{id}", library::unfollow),
        new Route(PUT, "/v1/me/hidden/{kind}/{id}", library::hide),
        new Route(DELETE, "/v1/me/hidden/{kind}/{id}", library::unhide),
        new Route(GET, "/healthz", operations::health),
        new Route(GET, "/readyz", operations::readiness),
        new Route(GET, "/metrics", operations::metrics));
  }
}
