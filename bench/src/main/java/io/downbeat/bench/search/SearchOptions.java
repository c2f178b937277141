package io.downbeat.bench.search;

import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options that all benchmarks of search have. */
final class SearchOptions {

  enum Name {
    downbeat,
    opensearch,
    sqlite
  }

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  Path work = Path.of("target");

  @Option(names = "--names", required = true, description = "Directory of the real catalogues.")
  Path names = Path.of("shared/data/catalogue");

  @Option(names = "--seed", description = "Of all that is drawn: ${DEFAULT-VALUE}.")
  long seed = 1;

  @Option(
      names = "--engines",
      split = ",",
      description = "Which to look at: ${COMPLETION-CANDIDATES}; all.")
  Set<Name> engines = Set.of(Name.values());
}
