package io.downbeat.serving.recommendations;

import java.util.List;
import java.util.UUID;

/**
 * A list for a listener.
 *
 * @param basedOn taste, genres (too little was heard to know a taste) or popularity (nothing was)
 * @param tracks best first
 */
public record Recommended(String basedOn, List<UUID> tracks) {
  public Recommended {
    tracks = List.copyOf(tracks);
  }
}
