package io.downbeat.local.run.imports;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files in some folders that may be music, in the order of their paths. Links are not followed,
 * and what hides itself is left out.
 */
final class AudioFiles {
  private static final int DEEPEST = 32;
  private static final int MOST = 200_000;

  /** What lies beside music, and is none. */
  private static final Set<String> OTHERS =
      Set.of(
          ("jpg jpeg jpe png gif webp bmp tif tiff svg ico psd heic avif"
                  + " txt nfo md rtf htm html pdf doc docx odt epub xml json csv tsv yml yaml"
                  + " cue log m3u m3u8 pls xspf wpl asx sfv md5 sha1 sha256 ffp accurip par2 lrc srt"
                  + " db ini url lnk torrent zip rar 7z tar gz bz2 xz exe dll iso bak tmp part")
              .split(" "));

  /**
   * @param file as it is reached
   * @param within its folder
   */
  record Found(Path file, Path within, long bytes) {}

  /** What is not there to be read, and why. */
  record Unreadable(Path file, String reason) {}

  private final List<Found> found = new ArrayList<>();
  private final List<Unreadable> unreadable = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();
  private long links;

  /**
   * @throws CannotImport if there are too many
   */
  static AudioFiles in(List<Path> folders) throws IOException {
    AudioFiles files = new AudioFiles();
    for (Path folder : folders) {
      files.walk(folder.toRealPath());
    }
    return files;
  }

  List<Found> found() {
    return found;
  }

  List<Unreadable> unreadable() {
    return unreadable;
  }

  /** How many links were left alone. */
  long links() {
    return links;
  }

  private void walk(Path root) throws IOException {
    Path above = Files.isDirectory(root) ? root : root.resolveSibling("");
    List<Found> here = new ArrayList<>();
    Files.walkFileTree(
        root,
        EnumSet.noneOf(FileVisitOption.class),
        DEEPEST,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && hides(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws CannotImport {
            if (attributes.isSymbolicLink()) {
              links++;
            } else if (attributes.isDirectory()) {
              unreadable.add(
                  new Unreadable(file, "folders in more than " + DEEPEST + " others are left out"));
            } else if (attributes.isRegularFile() && mayBeMusic(file) && seen.add(file)) {
              if (seen.size() > MOST) {
                throw new CannotImport(
                    String.format(
                        Locale.ROOT,
                        "There are more than %,d files: import folder by folder",
                        MOST));
              }
              here.add(new Found(file, above.relativize(file), attributes.size()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            unreadable.add(
                new Unreadable(file, "it cannot be read (" + e.getClass().getSimpleName() + ")"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    here.sort(Comparator.comparing(each -> each.within().toString()));
    found.addAll(here);
  }

  private static boolean hides(Path file) {
    return file.getFileName().toString().startsWith(".");
  }

  private static boolean mayBeMusic(Path file) {
    String name = file.getFileName().toString();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return !hides(file) && !OTHERS.contains(ending);
  }
}
