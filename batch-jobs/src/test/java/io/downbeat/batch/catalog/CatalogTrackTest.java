package io.downbeat.batch.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.GenreId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CatalogTrackTest {
  private static final Instant FIRST = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant LATER = Instant.parse("2026-03-02T10:00:00Z");
  private static final UUID ARTIST = new UUID(2, 1);

  @Test
  void eachIdCountsOnce() {
    CatalogTrack track = CatalogTrack.of(track("Title", "Rock", " rock "), FIRST);

    assertThat(track.artists()).containsExactly(ARTIST);
    assertThat(track.genres()).containsExactly(GenreId.of("rock"));
  }

  @Test
  void aRecordThatCreditsTheSameIsKnownSinceTheFirst() {
    CatalogTrack before = CatalogTrack.of(track("Title", "Rock"), FIRST);
    CatalogTrack after = before.then(CatalogTrack.of(track("Better title", "Rock"), LATER));

    assertThat(after.since()).isEqualTo(FIRST);
  }

  @Test
  void aRecordThatCreditsOthersIsKnownSinceItHadTimeToArrive() {
    CatalogTrack before = CatalogTrack.of(track("Title", "Rock"), FIRST);
    CatalogTrack after = before.then(CatalogTrack.of(track("Title", "Jazz"), LATER));

    assertThat(after.genres()).containsExactly(GenreId.of("Jazz"));
    assertThat(after.since()).isAfter(LATER).isBeforeOrEqualTo(LATER.plus(Duration.ofMinutes(2)));
  }

  private static Track track(String title, String... genres) {
    return Track.newBuilder()
        .setTrackId(new UUID(1, 1))
        .setTitle(title)
        .setArtistIds(List.of(ARTIST, ARTIST))
        .setGenres(List.of(genres))
        .setUpdatedAt(FIRST)
        .build();
  }
}
