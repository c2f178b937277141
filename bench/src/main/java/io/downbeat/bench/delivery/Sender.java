package io.downbeat.bench.delivery;

import java.io.IOException;

/** A server that sends the files. Thread-safe. */
interface Sender {
  String name();

  int port();

  /** The target of a request for a file; good for minutes. */
  String target(int file);

  /** CPU seconds of all its processes since they began. */
  double cpuSeconds() throws IOException;

  long residentBytes() throws IOException;

  /** Of its heap, after a full collection; 0 where it has none. */
  long heapBytes() throws IOException, InterruptedException;
}
