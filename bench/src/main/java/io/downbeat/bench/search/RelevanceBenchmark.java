package io.downbeat.bench.search;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.bench.search.SearchOptions.Name;
import io.downbeat.bench.search.corpus.RealCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Whether what was meant comes first, on real catalogues that go in over HTTP and queries whose
 * right answers follow from them by rule, beside OpenSearch and SQLite.
 */
@Command(
    name = "relevance",
    mixinStandardHelpOptions = true,
    description = "Whether what was meant comes first, on a real catalogue, beside OpenSearch.")
public final class RelevanceBenchmark implements Callable<Integer> {
  private static final int MISSES_SHOWN = 20;

  @Mixin private final SearchOptions options = new SearchOptions();

  @Option(names = "--quick", description = "300 queries of a kind instead of 2,000.")
  private boolean quick;

  private final Map<String, Number> metrics = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    Optional<String> obstacle = RealCatalogue.obstacle(options.names);
    if (obstacle.isPresent()) {
      System.err.println(obstacle.get());
      return 2;
    }
    RealThings things = new RealThings(RealCatalogue.read(options.names));
    Map<String, List<Queries.Judged>> sets =
        new Queries(things, quick ? 300 : 2_000, options.seed).all();
    System.out.printf(
        Locale.ROOT,
        "%,d tracks, %,d artists; queries: %s%n",
        things.tracks(),
        things.artists().size(),
        sizes(sets));
    try (OwnServers servers = new OwnServers(options.work);
        OpenSearch openSearch = new OpenSearch(options.checkout, servers.home());
        Downbeat downbeat = new Downbeat(options.checkout, servers, "1g")) {
      if (options.engines.contains(Name.opensearch)) {
        openSearch.start();
        openSearch.build(things);
        judge(openSearch, sets);
        openSearch.stop();
      }
      if (options.engines.contains(Name.sqlite)) {
        Sqlite sqlite = new Sqlite(servers.home());
        sqlite.build(things);
        judge(sqlite, sets);
      }
      if (options.engines.contains(Name.downbeat)) {
        downbeat.load(things);
        downbeat.post(things);
        downbeat.build();
        judge(downbeat, sets);
      }
    }
    Map<String, Number> floors = new LinkedHashMap<>();
    floors.put("full_success1", .95);
    floors.put("typo_success1", .8);
    floors.put("artist_prefix_mrr10", .85);
    Result result = new Result("relevance", metrics, Map.of(), floors);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private static String sizes(Map<String, List<Queries.Judged>> sets) {
    List<String> sizes = new ArrayList<>();
    sets.forEach((name, queries) -> sizes.add(name + " " + queries.size()));
    return String.join(", ", sizes);
  }

  private void judge(Engine engine, Map<String, List<Queries.Judged>> sets) throws IOException {
    String prefix = engine instanceof Downbeat ? "" : engine.name() + "_";
    try (Engine.Client client = engine.connect()) {
      for (Map.Entry<String, List<Queries.Judged>> set : sets.entrySet()) {
        double reciprocals = 0;
        int firsts = 0;
        List<String> misses = new ArrayList<>();
        for (Queries.Judged judged : set.getValue()) {
          List<Engine.Hit> hits = client.find(judged.query());
          double rank =
              Judgement.reciprocalRank(hits, hit -> Judgement.isSame(hit, judged.right()));
          reciprocals += rank;
          if (rank == 1) {
            firsts++;
          } else if (misses.size() < MISSES_SHOWN) {
            misses.add(miss(judged, hits, rank));
          }
        }
        double mrr = share(reciprocals, set.getValue().size());
        double success = share(firsts, set.getValue().size());
        System.out.printf(
            Locale.ROOT,
            "%-10s %-18s of %d: success@1 %.3f, MRR@10 %.3f%n",
            engine.name(),
            set.getKey(),
            set.getValue().size(),
            success,
            mrr);
        if (engine instanceof Downbeat) {
          misses.forEach(System.out::println);
        }
        metrics.put(prefix + set.getKey() + "_success1", success);
        metrics.put(prefix + set.getKey() + "_mrr10", mrr);
      }
    }
  }

  private static double share(double part, int all) {
    return all == 0 ? 0 : Math.round(1e4 * part / all) / 1e4;
  }

  private static String miss(Queries.Judged judged, List<Engine.Hit> hits, double rank) {
    Thing right = judged.right();
    return "    '%s' meant %s, %s; first came %s"
        .formatted(
            judged.query(),
            named(right.kind(), right.title(), right.artistNames()),
            rank == 0 ? "not among ten" : "in place " + Math.round(1 / rank),
            hits.isEmpty()
                ? "nothing"
                : named(hits.get(0).kind(), hits.get(0).title(), hits.get(0).artists()));
  }

  private static String named(Kind kind, String title, List<String> artists) {
    return "%s '%s'%s"
        .formatted(kind.key(), title, artists.isEmpty() ? "" : " by " + String.join(", ", artists));
  }
}
