package io.downbeat.bench.owned;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/**
 * The yardstick: the statements of owned state in a plain loop, in a process of its own that is
 * told over a socket what to do and how often. No HTTP, no tokens, no queues, no retries.
 */
public final class Raw {
  /** What it is told to do. */
  enum What {
    SIGN_IN,
    FOLLOW,
    PROFILE,
    HASH
  }

  /** The name of threads that look at passwords, here and in ingest-api. */
  static final String PASSWORDS = "passwords";

  private Raw() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    InetSocketAddress cassandra = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1]));
    String keyspace = args[2];
    String bootstrapServers = args[3];
    int hashThreads = Integer.parseInt(args[4]);
    try (RawStatements statements =
            new RawStatements(cassandra, keyspace, bootstrapServers, keyspace + "-", hashThreads);
        ServerSocket server = new ServerSocket(port, 8, InetAddress.getLoopbackAddress())) {
      statements.makeAccounts();
      while (true) {
        try (Socket asked = server.accept();
            BufferedReader in =
                new BufferedReader(new InputStreamReader(asked.getInputStream(), US_ASCII))) {
          String line = in.readLine();
          if (line == null) {
            continue; // Somebody who looked whether it listens.
          }
          Took took = run(line, statements, hashThreads);
          asked.getOutputStream().write((took + "\n").getBytes(US_ASCII));
        }
      }
    }
  }

  private static Took run(String line, RawStatements statements, int hashThreads) throws Exception {
    String[] asked = line.split(" ");
    long operations = Long.parseLong(asked[1]);
    return switch (What.valueOf(asked[0].toUpperCase(Locale.ROOT))) {
      case SIGN_IN -> Loop.run(People.THREADS, operations, statements::signIn);
      case FOLLOW -> Loop.run(People.THREADS, operations, statements::follow);
      case PROFILE -> Loop.run(People.THREADS, operations, statements::profile);
      case HASH -> Loop.run(hashThreads, operations, thread -> new Hash());
    };
  }
}
