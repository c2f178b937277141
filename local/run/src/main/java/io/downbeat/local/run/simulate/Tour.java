package io.downbeat.local.run.simulate;

import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** What to look at in a demo that is ready. */
public final class Tour {
  private Tour() {}

  public static void print(PrintWriter out, Home home, URI api, double rate) throws IOException {
    Optional<DemoFile> kept = DemoFile.read(home);
    if (kept.isEmpty() || kept.get().topTrack() == null) {
      return;
    }
    DemoFile demo = kept.get();
    Simulation simulation = demo.simulation();
    UUID topTrack = demo.topTrack();
    Track top =
        simulation
            .catalogue()
            .tracks()
            .filter(track -> track.id().equals(topTrack))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "The demo's top track %s is not in its catalogue".formatted(topTrack)));
    out.printf(
        Locale.ROOT,
        "The demo: %,d invented listeners since %s, %,d tracks; others play on, %s plays a second.%n%n",
        demo.listeners(),
        demo.start(),
        simulation.catalogue().size(),
        rate);
    out.printf(
        "Its top track, \"%s\" by %s (%s); its plays by day; its artist; everything by hour, which moves while you watch:%n%n",
        top.title(), top.artist().name(), top.genre().label());
    out.printf("curl -sS %s/v1/tracks/%s%n", api, top.id());
    out.printf("curl -sS '%s/v1/counts/tracks/%s?granularity=day'%n", api, top.id());
    out.printf("curl -sS %s/v1/counts/artists/%s%n", api, top.artist().id());
    out.printf("curl -sS '%s/v1/counts/everything?granularity=hour'%n%n", api);
    out.println("Listeners, two of one taste and two of others:");
    out.println();
    for (Listener listener : shown(simulation)) {
      out.printf(
          "  %s  %s  %s%n",
          listener.id(),
          listener.country(),
          listener.genres().stream().map(Genre::label).collect(Collectors.joining(", ")));
    }
    out.println();
  }

  /** The first, the next of the same strongest scene, and two whose genres none of them share. */
  private static List<Listener> shown(Simulation simulation) {
    List<Listener> all = simulation.listeners().filter(each -> each.sessionsADay() > 0.5).toList();
    List<Listener> shown = new ArrayList<>();
    for (Listener each : all) {
      if (shown.isEmpty()) {
        shown.add(each);
      }
      Listener.Taste first = shown.get(0).tastes().get(0);
      Listener.Taste taste = each.tastes().get(0);
      boolean same =
          shown.size() == 1
              && each != shown.get(0)
              && taste.genre() == first.genre()
              && taste.scene() == first.scene();
      boolean other =
          shown.size() >= 2
              && shown.size() < 4
              && shown.stream()
                  .flatMap(one -> one.genres().stream())
                  .noneMatch(each.genres()::contains);
      if (same || other) {
        shown.add(each);
      }
    }
    return shown;
  }
}
