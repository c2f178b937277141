package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gives the demo's tracks their sounds in a thread of its own, one genre after the other, the most
 * heard first. Which genres have theirs is noted in a file, so that a later start goes on.
 */
final class Soundtrack {
  private final Catalogue catalogue;
  private final ApiClient api;
  private final Demo.Music music;
  private final Path noted;
  private final Thread thread = new Thread(this::run, "demo-music");
  private final Consumer<String> trouble;

  /**
   * @param trouble told why there is no more sound
   */
  Soundtrack(
      Catalogue catalogue, ApiClient api, Demo.Music music, Path noted, Consumer<String> trouble) {
    this.catalogue = catalogue;
    this.api = api;
    this.music = music;
    this.noted = noted;
    this.trouble = trouble;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      Set<String> given = Files.exists(noted) ? Set.copyOf(Files.readAllLines(noted)) : Set.of();
      for (Genre genre : Genre.values()) {
        if (!given.contains(genre.label())) {
          List<String> sounds = music.of(genre);
          catalogue.sendSounds(api, genre, sounds);
          Files.writeString(
              noted, genre.label() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      }
    } catch (InterruptedException e) {
      // The demo ends; what has its sound keeps it.
    } catch (IOException | RuntimeException e) {
      trouble.accept(String.valueOf(e.getMessage()));
    }
  }
}
