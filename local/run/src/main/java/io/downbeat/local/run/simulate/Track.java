package io.downbeat.local.run.simulate;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A recording.
 *
 * @param index its place in the catalogue, from 0
 * @param guests who are featured on it
 * @param number its place on the album, from 1
 */
public record Track(
    UUID id,
    int index,
    String title,
    Album album,
    List<Artist> guests,
    int number,
    int durationMillis,
    boolean explicit,
    String isrc) {

  public Artist artist() {
    return album.artist();
  }

  /** Of all whom its plays are counted for. */
  public List<UUID> artistIds() {
    return Stream.concat(Stream.of(artist()), guests.stream()).map(Artist::id).toList();
  }

  public Genre genre() {
    return artist().genre();
  }
}
