package io.downbeat.serving.sound;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.serving.accounts.Account;
import io.downbeat.serving.accounts.AccountsStore;
import io.downbeat.serving.catalog.CatalogHandlers;
import io.downbeat.serving.catalog.CatalogStore;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Ids;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.downbeat.serving.recommendations.RecommendationsStore;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/tracks/{id}/playback}: URLs of a track's sound for a listener, and what a player
 * needs to begin at once. Thread-safe.
 */
public final class PlaybackHandlers {
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private record PlaybackView(
      UUID trackId,
      String content,
      long durationMillis,
      int quality,
      double gainDb,
      Instant expiresAt,
      String hls,
      String dash,
      String progressive,
      Samples samples,
      Start start,
      @Nullable UUID nextTrackId) {}

  private record Samples(int rate, int priming, long count) {}

  private record Start(
      @Nullable String master, @Nullable String playlist, String file, String bytes) {}

  /**
   * What a listener may hear.
   *
   * @param until excluded
   */
  private record Right(int quality, @Nullable String country, Instant until) {}

  private final CatalogStore catalog;
  private final SoundStore store;
  private final SoundUrls urls;
  private final AccountsStore accounts;
  private final RecommendationsStore recommendations;
  private final Listeners listeners;
  private final Clock clock;
  private final Deferred deferred;

  public PlaybackHandlers(
      CatalogStore catalog,
      SoundStore store,
      SoundKeys keys,
      AccountsStore accounts,
      RecommendationsStore recommendations,
      Listeners listeners,
      Clock clock,
      Deferred deferred) {
    this.catalog = catalog;
    this.store = store;
    this.urls = new SoundUrls(keys, clock);
    this.accounts = accounts;
    this.recommendations = recommendations;
    this.listeners = listeners;
    this.clock = clock;
    this.deferred = deferred;
  }

  public void playback(Context ctx) {
    UUID user = listeners.of(ctx);
    UUID id = Ids.id(ctx);
    Query query = Query.of(ctx.queryParamMap(), Set.of("format", "quality"));
    int wanted = query.text("quality").map(PlaybackHandlers::quality).orElse(Integer.MAX_VALUE);
    boolean progressive = query.text("format").filter(PlaybackHandlers::isProgressive).isPresent();
    Track track = track(id);
    String content = track.getSound();
    if (content == null) {
      throw Problem.unknown("id", id.toString(), "The track has no sound");
    }
    CompletionStage<Right> right =
        accounts.account(user).thenApply(account -> right(account, track, wanted));
    if (progressive) {
      deferred.redirectPersonal(
          ctx, () -> right.thenApply(each -> folder(content, each) + file(each.quality())));
    } else {
      deferred.answerPersonal(
          ctx,
          () ->
              right.thenCombineAsync(
                  next(id, right),
                  (each, next) -> view(track, content, each, next),
                  deferred.executor()));
    }
  }

  private Track track(UUID id) {
    try {
      return catalog
          .findTrack(id)
          .orElseThrow(() -> Problem.unknown("id", id.toString(), "There is no track of this id"));
    } catch (CatalogStore.NotReadyException e) {
      throw CatalogHandlers.notReady(e);
    }
  }

  /**
   * @throws Problem 403 if the track is not available in the listener's country
   */
  private Right right(Optional<Account> account, Track track, int wanted) {
    Instant now = clock.instant();
    String country = account.map(Account::country).orElse(null);
    if (!isAvailable(track, country)) {
      throw country == null
          ? Problem.forbidden(
              "country", "", "The track is not available everywhere; tell the account's country")
          : Problem.forbidden("country", country, "The track is not available in this country");
    }
    Instant until = now.plus(LIFE);
    Plan plan = Plan.FREE;
    if (account.isPresent()) {
      Account.Subscribed counts = account.get().at(now);
      plan = counts.at(now);
      Instant ends = counts.until();
      if (plan != Plan.FREE && ends != null && ends.isBefore(until)) {
        until = ends;
      }
    }
    int quality = Math.min(plan.kilobits(), wanted);
    return new Right(quality, country, until.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1));
  }

  private static boolean isAvailable(Track track, @Nullable String country) {
    List<String> countries = track.getCountries();
    return countries == null || (country != null && countries.contains(country));
  }

  /** What is like it and can be played; a hint is worth no failure. */
  private CompletionStage<Optional<UUID>> next(UUID id, CompletionStage<Right> right) {
    return recommendations
        .similarTo(id)
        .exceptionally(unavailable -> List.of())
        .thenCombine(
            right,
            (similar, each) ->
                similar.stream().filter(other -> isPlayable(other, each.country())).findFirst());
  }

  private boolean isPlayable(UUID id, @Nullable String country) {
    try {
      return catalog
          .findTrack(id)
          .filter(track -> track.getSound() != null && isAvailable(track, country))
          .isPresent();
    } catch (CatalogStore.NotReadyException e) {
      return false;
    }
  }

  private PlaybackView view(Track track, String content, Right right, Optional<UUID> next) {
    Sound sound = sound(track.getTrackId(), content);
    String folder = folder(content, right);
    return new PlaybackView(
        track.getTrackId(),
        content,
        sound.durationMillis(),
        right.quality(),
        sound.gain(),
        right.until(),
        folder + right.quality() + ".m3u8",
        folder + right.quality() + ".mpd",
        folder + file(right.quality()),
        new Samples(sound.sampleRate(), sound.priming(), sound.samples()),
        new Start(
            sound.masters().get(right.quality()),
            sound.playlist(),
            folder + file(Sound.LOWEST),
            sound.begin()),
        next.orElse(null));
  }

  private Sound sound(UUID track, String content) {
    try {
      return store
          .sound(content)
          .orElseThrow(
              () ->
                  Problem.unknown(
                      "id", track.toString(), "The track's sound is not in the store of sounds"));
    } catch (IOException e) {
      throw Problem.unavailable("The sound cannot be read at the moment", RETRY_AFTER);
    }
  }

  private String folder(String content, Right right) {
    return urls.sign(content, right.quality(), right.until());
  }

  private static String file(int quality) {
    return quality + "/sound.mp4";
  }

  private static int quality(String text) {
    return switch (text) {
      case "96" -> 96;
      case "160" -> 160;
      case "256" -> 256;
      default -> throw Problem.invalid("quality", text, "quality is 96, 160 or 256 (kbit/s)");
    };
  }

  private static boolean isProgressive(String format) {
    return switch (format) {
      case "progressive" -> true;
      case "adaptive" -> false;
      default -> throw Problem.invalid("format", format, "format is adaptive or progressive");
    };
  }
}
