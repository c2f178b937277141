package io.downbeat.local.run.music;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.simulate.Demo;
import io.downbeat.local.run.simulate.Genre;
import io.downbeat.local.run.sound.SoundLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's music: some pieces of each genre, composed, played and encoded where asked for. */
public final class Pieces implements Demo.Music {
  private static final int OF_EACH_GENRE = 2;

  private final Home home;

  public Pieces(Home home) {
    this.home = home;
  }

  @Override
  public List<String> of(Genre genre) throws IOException, InterruptedException {
    SoundLibrary sounds = SoundLibrary.open(home);
    List<String> contents = new ArrayList<>();
    for (int number = 0; number < OF_EACH_GENRE; number++) {
      Path played =
          Files.createTempFile(home.data(), genre.name().toLowerCase(Locale.ROOT), ".wav");
      try {
        Composer composer = new Composer(Style.of(genre), number);
        Sound.of(composer.write(), composer.tempo()).write(played);
        contents.add(sounds.add(played));
      } finally {
        Files.deleteIfExists(played);
      }
    }
    return contents;
  }
}
