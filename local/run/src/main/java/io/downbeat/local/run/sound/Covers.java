package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Covers by their content: a folder each, with squares of three widths. Thread-safe, and several
 * processes may add to it.
 */
final class Covers {
  private static final List<Integer> WIDTHS = List.of(64, 300, 640);
  private static final long MOST_BYTES = 50L << 20;

  /** What pictures of a folder's album are called, the first that is there counts. */
  private static final List<String> NAMES =
      List.of("cover.jpg", "cover.png", "folder.jpg", "folder.png", "front.jpg", "front.png");

  private final Folders folders;
  private final Ffmpeg ffmpeg;

  /** Of each folder that was looked at. */
  private final Map<Path, Optional<String>> ofFolders = new ConcurrentHashMap<>();

  Covers(Path folder, Ffmpeg ffmpeg) {
    this.folders = new Folders(folder);
    this.ffmpeg = ffmpeg;
  }

  void deleteAbandoned(Instant now) throws IOException {
    folders.deleteAbandoned(now);
  }

  static String url(String content) {
    return "/covers/" + content + "/640.jpg";
  }

  /** The content of a sound's cover: the picture in it, else the one in its folder. */
  Optional<String> of(Path file, Probe probe) throws IOException, InterruptedException {
    Optional<String> own = probe.hasPicture() ? inside(file) : Optional.empty();
    return own.isPresent() ? own : beside(file);
  }

  private Optional<String> inside(Path file) throws IOException, InterruptedException {
    Path aside = folders.aside();
    try {
      Path picture = aside.resolve("picture");
      ffmpeg.picture(file, picture);
      return Optional.of(add(picture));
    } catch (CannotEncode e) {
      return Optional.empty();
    } finally {
      Folders.delete(aside);
    }
  }

  private Optional<String> beside(Path file) throws IOException, InterruptedException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    Optional<String> known = ofFolders.get(folder);
    if (known == null) {
      known = inFolder(folder);
      ofFolders.put(folder, known);
    }
    return known;
  }

  private Optional<String> inFolder(Path folder) throws IOException, InterruptedException {
    for (String name : NAMES) {
      Optional<Path> picture = find(folder, name);
      if (picture.isPresent() && Files.size(picture.get()) <= MOST_BYTES) {
        Path aside = folders.aside();
        try {
          // Under a name that means nothing: ffmpeg reads meaning into names of pictures.
          return Optional.of(add(Files.copy(picture.get(), aside.resolve("picture"))));
        } catch (CannotEncode e) {
          // Perhaps the next one is a picture.
        } finally {
          Folders.delete(aside);
        }
      }
    }
    return Optional.empty();
  }

  /** A file of this name, in whatever case; a link may lead anywhere, and is none. */
  private static Optional<Path> find(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> each.getFileName().toString().toLowerCase(Locale.ROOT).equals(name))
          .filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
          .filter(Files::isReadable)
          .sorted()
          .findFirst();
    }
  }

  private String add(Path picture) throws IOException, InterruptedException {
    String content = Content.of(picture);
    if (!folders.has(content)) {
      folders.add(
          content,
          made ->
              ffmpeg.squares(
                  picture,
                  WIDTHS,
                  WIDTHS.stream().map(width -> made.resolve(width + ".jpg")).toList()));
    }
    return content;
  }
}
