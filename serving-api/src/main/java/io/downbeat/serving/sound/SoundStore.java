package io.downbeat.serving.sound;

import java.io.IOException;
import java.util.Optional;

/**
 * Where sounds and covers lie, by their content. Nothing in it ever changes. Thread-safe; calls may
 * wait for a disk.
 */
public interface SoundStore {

  /**
   * Empty if there is none of this content.
   *
   * @param content 32 hexadecimal digits
   */
  Optional<Sound> sound(String content) throws IOException;

  /**
   * Empty if there is none.
   *
   * @param path {@code <content>/<file>} or {@code covers/<content>/<file>}, without dots as names
   */
  Optional<StoredFile> file(String path) throws IOException;
}
