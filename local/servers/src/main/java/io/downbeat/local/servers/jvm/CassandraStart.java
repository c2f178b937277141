package io.downbeat.local.servers.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The main class of Cassandra's JVM, given the commit log's directory. Removes segments that were
 * never begun, then starts the node. It needs no class but the JDK's and Cassandra's.
 *
 * <p>On a full disk a segment gets its length, but not the page of its header, and the node ends.
 * The next start makes another segment, and from then on Cassandra refuses to start: it forgives
 * the last segment alone. Nothing can be in one without a header, which is what is written first.
 */
public final class CassandraStart {
  private static final String DAEMON = "org.apache.cassandra.service.CassandraDaemon";

  /** Less than a header has, which begins with a version other than zero. */
  private static final int BYTES_OF_HEADER = 16;

  private CassandraStart() {}

  public static void main(String[] args) throws Exception {
    removeUnbegun(Path.of(args[0]));
    Class.forName(DAEMON).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
  }

  static void removeUnbegun(Path commitLog) throws IOException {
    if (!Files.isDirectory(commitLog)) {
      return;
    }
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(commitLog, "CommitLog-*.log")) {
      for (Path segment : segments) {
        if (isUnbegun(segment)) {
          System.out.println("Removing " + segment + ": it was created, but never begun");
          Files.delete(segment);
        }
      }
    }
  }

  private static boolean isUnbegun(Path segment) throws IOException {
    try (InputStream bytes = Files.newInputStream(segment)) {
      for (byte each : bytes.readNBytes(BYTES_OF_HEADER)) {
        if (each != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
