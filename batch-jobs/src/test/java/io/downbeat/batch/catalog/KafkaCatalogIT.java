package io.downbeat.batch.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.batch.Batch;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class KafkaCatalogIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics(List.of(Topics.TRACKS));

  @TempDir Path home;

  @Test
  void aTrackThatIsWithdrawnIsStillItsArtists() throws Exception {
    Batch batch = new Batch(fresh, home);
    UUID track = UUID.randomUUID();
    UUID artist = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    batch.send(List.of(track(track, artist), track(other, artist)));
    batch.withdraw(track);

    Map<UUID, CatalogTrack> tracks = KafkaCatalog.tracks(batch.kafka());

    assertThat(tracks).containsOnlyKeys(track, other);
    assertThat(tracks.get(track).artists()).containsExactly(artist);
  }

  private static Track track(UUID id, UUID artist) {
    return Track.newBuilder()
        .setTrackId(id)
        .setTitle("Title")
        .setArtistIds(List.of(artist))
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }
}
