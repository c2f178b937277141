package io.downbeat.bench.crash;

import java.time.Duration;

/** One thing that goes wrong. */
sealed interface Fault {

  /** kill -9. */
  record Kill(String part) implements Fault {
    @Override
    public String label() {
      return "kill " + part;
    }
  }

  /** It stands still, its connections open: SIGSTOP, then SIGCONT. */
  record Pause(String part, Duration length) implements Fault {
    @Override
    public String label() {
      return "pause " + part;
    }
  }

  /** Every connection between the clients and the API breaks off at a random byte. */
  record Cut(Duration length) implements Fault {
    @Override
    public String label() {
      return "cut connections";
    }
  }

  /** Not one more byte fits where a server keeps its data. */
  record FullDisk(String part, Duration length) implements Fault {
    @Override
    public String label() {
      return "full disk " + part;
    }
  }

  /** Faults of one label are reported together. */
  String label();
}
