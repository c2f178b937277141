package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Gives the demo's tracks their sounds in a thread of its own: first one piece to each genre, the
 * most heard first, then another, which its tracks share. What a genre has is noted in a file, so
 * that a later start goes on.
 */
final class Soundtrack {
  private static final int PIECES = 2;

  private final Catalogue catalogue;
  private final ApiClient api;
  private final Demo.Music music;
  private final Path noted;
  private final Consumer<String> trouble;
  private final Thread thread = new Thread(this::run, "demo-music");

  /**
   * @param noted a genre and a content in each line
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
      Map<String, List<String>> contents = read();
      for (int number = 0; number < PIECES; number++) {
        for (Genre genre : Genre.values()) {
          List<String> its = contents.computeIfAbsent(genre.name(), none -> new ArrayList<>());
          if (its.size() <= number) {
            its.add(music.piece(genre, number));
            catalogue.sendSounds(api, genre, its);
            note(genre, its.get(number));
          }
        }
      }
    } catch (InterruptedException e) {
      // The demo ends; what has its sound keeps it.
    } catch (IOException | RuntimeException e) {
      trouble.accept(String.valueOf(e.getMessage()));
    }
  }

  private Map<String, List<String>> read() throws IOException {
    Map<String, List<String>> contents = new HashMap<>();
    if (Files.exists(noted)) {
      for (String line : Files.readAllLines(noted)) {
        String[] parts = line.split(" ", 2);
        contents.computeIfAbsent(parts[0], none -> new ArrayList<>()).add(parts[1]);
      }
    }
    return contents;
  }

  private void note(Genre genre, String content) throws IOException {
    Files.writeString(
        noted,
        genre.name() + ' ' + content + '\n',
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
