package io.downbeat.local.run.simulate;

import java.time.ZoneId;
import java.util.List;
import java.util.UUID;

/**
 * Somebody who listens. Taste stays as it is for all time.
 *
 * @param index from 0; the same listener for the same seed, however many others there are
 * @param name a first name
 * @param country ISO 3166-1 alpha-2
 * @param tastes one to three, the strongest first; their weights add up to 1
 * @param favourites artists, of the genres of the tastes
 * @param devices the one used most first
 * @param sessionsADay how often the listener begins to listen
 */
public record Listener(
    int index,
    UUID id,
    String name,
    String country,
    ZoneId zone,
    List<Taste> tastes,
    List<Artist> favourites,
    List<Device> devices,
    double sessionsADay) {

  /** A liking for a genre, and most of all for one scene of it. */
  public record Taste(Genre genre, int scene, double weight) {}

  /** One installation of a client app, which numbers its plays from 1. */
  public record Device(UUID id, String client) {}

  public Listener {
    tastes = List.copyOf(tastes);
    favourites = List.copyOf(favourites);
    devices = List.copyOf(devices);
  }

  public List<Genre> genres() {
    return tastes.stream().map(Taste::genre).toList();
  }
}
