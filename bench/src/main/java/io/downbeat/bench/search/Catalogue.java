package io.downbeat.bench.search;

import java.io.IOException;

/** All that can be found, in parts that may be read at once. Thread-safe. */
interface Catalogue {

  /** Takes in one thing after the other. */
  interface Reader {
    void read(Thing thing) throws IOException, InterruptedException;
  }

  int tracks();

  /** Things in all. */
  int size();

  int parts();

  void read(int part, Reader reader) throws IOException, InterruptedException;
}
