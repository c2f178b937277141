package io.downbeat.local.run.simulate;

import java.util.UUID;

/**
 * A recording.
 *
 * @param index its place in the catalogue, from 0
 * @param number its place on the album, from 1
 */
public record Track(
    UUID id,
    int index,
    String title,
    Album album,
    int number,
    int durationMillis,
    boolean explicit) {

  public Artist artist() {
    return album.artist();
  }

  public Genre genre() {
    return artist().genre();
  }
}
