package io.downbeat.local.run.simulate;

import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** What to look at in a demo that is ready. */
public final class Tour {
  private Tour() {}

  public static void print(PrintWriter out, Home home, URI api, double rate)
      throws IOException, InterruptedException {
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
    List<Listener> shown = ShownListeners.history(simulation);
    try {
      new Sights(api, Files.readString(home.serviceKey()).strip()).print(out, shown);
    } catch (IOException e) {
      out.printf("%s%n%n", e.getMessage());
    }
    out.printf(
        "Its top track, \"%s\" by %s (%s); its plays by day; its artist; everything by hour, and the day's chart, which move while you watch:%n%n",
        top.title(), top.artist().name(), top.genre().label());
    out.printf("curl -sS %s/v1/tracks/%s%n", api, top.id());
    out.printf("curl -sS '%s/v1/counts/tracks/%s?granularity=day'%n", api, top.id());
    out.printf("curl -sS %s/v1/counts/artists/%s%n", api, top.artist().id());
    out.printf("curl -sS '%s/v1/counts/everything?granularity=hour'%n", api);
    out.printf("curl -sS '%s/v1/charts/everything?window=day'%n%n", api);
    out.printf("All of it, live: %s%n%n", api);
    out.printf(
        "Listeners, the first two of one taste. The player signs in as any of them; so can you, with the password %s:%n%n",
        demo.password());
    for (Listener listener : shown) {
      out.printf(
          "  %-6s %s  %-22s %s%n",
          listener.name(),
          listener.country(),
          DemoAccounts.email(listener),
          listener.genres().stream().map(Genre::label).collect(Collectors.joining(", ")));
    }
    out.println();
    shown.stream()
        .limit(1)
        .forEach(
            first -> {
              out.printf(
                  "What %s heard last, by the service key or by signing in:%n%n", first.name());
              out.printf(
                  "curl -sS -H \"Authorization: Bearer $(cat '%s')\" -H 'Downbeat-User: %s' %s/v1/me/recent%n",
                  home.serviceKey(), first.id(), api);
              out.printf(
                  "curl -sS -H 'Content-Type: application/json' -d '{\"email\":\"%s\",\"password\":\"%s\",\"device\":{\"type\":\"desktop\",\"name\":\"curl\"}}' %s/v1/sessions%n%n",
                  DemoAccounts.email(first), demo.password(), api);
            });
  }
}
