package io.downbeat.bench.machine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a module runs on, as the build left it. */
public final class Classpath {
  private Classpath() {}

  public static List<Path> ofModule(Path checkout, String module) throws IOException {
    Path target = checkout.resolve(module).resolve("target");
    List<Path> all = new ArrayList<>(List.of(target.resolve("classes")));
    all.addAll(entries(Files.readString(target.resolve("classpath"))));
    return all;
  }

  public static List<Path> ofThisProcess() {
    return entries(System.getProperty("java.class.path"));
  }

  private static List<Path> entries(String joined) {
    return Stream.of(joined.strip().split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toList();
  }
}
