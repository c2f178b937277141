package io.downbeat.local.run.simulate;

import io.downbeat.local.run.simulate.Listener.Device;
import io.downbeat.local.run.simulate.Listener.Taste;
import io.downbeat.schemas.identity.Uuids;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes up listeners, each from the seed and its index alone. Thread-safe. */
final class Population {
  private static final Weighted<Home> HOMES =
      new Weighted<>(
          List.of(
              new Home("US", "America/New_York", 16),
              new Home("US", "America/Los_Angeles", 9),
              new Home("GB", "Europe/London", 11),
              new Home("DE", "Europe/Berlin", 10),
              new Home("FR", "Europe/Paris", 8),
              new Home("ES", "Europe/Madrid", 5),
              new Home("PT", "Europe/Lisbon", 4),
              new Home("SE", "Europe/Stockholm", 5),
              new Home("BR", "America/Sao_Paulo", 8),
              new Home("MX", "America/Mexico_City", 6),
              new Home("NG", "Africa/Lagos", 4),
              new Home("ZA", "Africa/Johannesburg", 3),
              new Home("IN", "Asia/Kolkata", 5),
              new Home("JP", "Asia/Tokyo", 4),
              new Home("AU", "Australia/Sydney", 4)),
          Home::share);
  private static final List<String> PHONES =
      List.of("downbeat-ios/4.2.0", "downbeat-android/4.2.1", "downbeat-android/4.1.7");
  private static final List<String> OTHERS =
      List.of("downbeat-web/2.9.3", "downbeat-desktop/3.4.0", "downbeat-speaker/1.6.2");

  private record Home(String country, ZoneId zone, double share) {
    Home(String country, String zone, double share) {
      this(country, ZoneId.of(zone), share);
    }
  }

  private final long seed;
  private final Catalogue catalogue;
  private final UUID namespace;
  private final Instant start;
  private final double sessionsADay;

  /**
   * @param start from which the devices number their plays: another start, other devices
   * @param sessionsADay of the listener in the middle
   */
  Population(long seed, Catalogue catalogue, Instant start, double sessionsADay) {
    this.seed = seed;
    this.catalogue = catalogue;
    this.namespace = Uuids.named(new UUID(0x51D0_0115_7E4E_5000L, seed), "listeners");
    this.start = start;
    this.sessionsADay = sessionsADay;
  }

  Listener listener(int index) {
    RandomGenerator random = random(seed, index, 1);
    UUID id = Uuids.named(namespace, "listener/" + index);
    Home home = HOMES.draw(random);
    List<Taste> tastes = tastes(random);
    // Some listen all day, many now and then; the mean is that of the one in the middle.
    double active = Math.exp(0.7 * random.nextGaussian() - 0.7 * 0.7 / 2);
    return new Listener(
        index,
        id,
        Names.firstName(random),
        home.country(),
        home.zone(),
        tastes,
        favourites(tastes, random),
        devices(id, random),
        sessionsADay * Math.min(active, 6));
  }

  private List<Taste> tastes(RandomGenerator random) {
    double[] weights =
        switch (random.nextInt(4)) {
          case 0 -> new double[] {1};
          case 1, 2 -> new double[] {0.7, 0.3};
          default -> new double[] {0.55, 0.27, 0.18};
        };
    Set<Genre> genres = new LinkedHashSet<>();
    while (genres.size() < weights.length) {
      genres.add(catalogue.drawGenre(random));
    }
    List<Taste> tastes = new ArrayList<>();
    for (Genre genre : genres) {
      tastes.add(new Taste(genre, random.nextInt(Catalogue.SCENES), weights[tastes.size()]));
    }
    return tastes;
  }

  private List<Artist> favourites(List<Taste> tastes, RandomGenerator random) {
    Set<Artist> favourites = new LinkedHashSet<>();
    int wanted = 3 + random.nextInt(5);
    for (int i = 0; i < wanted; i++) {
      Taste taste = tastes.get(i % tastes.size());
      favourites.add(catalogue.draw(taste.genre(), taste.scene(), random).artist());
    }
    return List.copyOf(favourites);
  }

  private List<Device> devices(UUID listener, RandomGenerator random) {
    List<Device> devices = new ArrayList<>();
    int wanted = 1 + random.nextInt(3);
    for (int i = 0; i < wanted; i++) {
      List<String> clients = i == 0 ? PHONES : OTHERS;
      devices.add(
          new Device(
              Uuids.named(listener, "device/" + i + "/" + start),
              clients.get(random.nextInt(clients.size()))));
    }
    return devices;
  }

  /** Independent streams for each listener and purpose. */
  static RandomGenerator random(long seed, int index, int purpose) {
    return new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + ((long) purpose << 40) + index)
        .split();
  }
}
