package io.downbeat.bench.search;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be found.
 *
 * @param artists whose it is; none of an artist
 * @param album of a track that is on one
 * @param log2Streams how popular it is
 */
record Thing(
    Kind kind,
    UUID id,
    String title,
    List<Named> artists,
    @Nullable Named album,
    double log2Streams) {

  record Named(UUID id, String name) {}

  Thing {
    artists = List.copyOf(artists);
  }

  List<String> artistNames() {
    return artists.stream().map(Named::name).toList();
  }
}
