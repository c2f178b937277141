package io.downbeat.bench.search;

import io.downbeat.bench.machine.OpenLoop;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** Something that searches a catalogue. Thread-safe. */
interface Engine extends OpenLoop.Asked {

  /**
   * What it shows of a thing that it has found.
   *
   * @param artists names
   */
  record Hit(Kind kind, UUID id, String title, List<String> artists) {}

  /** One client, who asks one thing after the other. Not thread-safe. */
  interface Client extends OpenLoop.Asker {

    /** Asks as the client of a person who types would, and takes in the answer. */
    @Override
    void ask(String query) throws IOException;

    /** The first hits, best first. */
    List<Hit> find(String query) throws IOException;
  }

  String name();

  @Override
  Client connect() throws IOException;

  /** CPU seconds that answering has taken since it began, clients apart. */
  double cpuSeconds() throws IOException;
}
