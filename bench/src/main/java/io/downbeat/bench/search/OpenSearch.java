package io.downbeat.bench.search;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.Footprint;
import io.downbeat.bench.machine.HttpConnection;
import io.downbeat.bench.machine.OpenLoop;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An OpenSearch node of one shard, set up as its users do it for search at every keystroke: words
 * in lower case and without accents, their beginnings up to ten letters as terms of their own,
 * popularity as a rank_feature, which lets it skip what can't be among the best, and segments
 * merged into one.
 *
 * <p>Its clients ask for the words typed and the beginning of the last; a title typed in full
 * counts more. Where nothing is found they ask once more with fuzziness AUTO.
 */
final class OpenSearch implements Engine, Closeable {
  private static final int BULK_BYTES = 4 << 20;
  private static final int BULKS_AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration MERGED_WITHIN = Duration.ofMinutes(60);
  private static final int PREFIX = 10;
  private static final String SEARCH = "/things/_search?request_cache=false";
  private static final String INDEX =
      """
      {"settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1",
         "analysis": {
           "char_filter": {"together": {"type": "mapping", "mappings": ["'=>", "’=>"]}},
           "filter": {
             "beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": %1$d},
             "cut": {"type": "truncate", "length": %1$d}},
           "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
           "analyzer": {
             "words": {"char_filter": ["together"], "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
             "beginnings": {"char_filter": ["together"], "tokenizer": "standard", "filter": ["lowercase", "asciifolding", "beginnings"]},
             "begun": {"char_filter": ["together"], "tokenizer": "standard", "filter": ["lowercase", "asciifolding", "cut"]}}}},
       "mappings": {"dynamic": false, "properties": {
         "kind": {"type": "keyword"},
         "title": {"type": "text", "analyzer": "words",
           "fields": {"exact": {"type": "keyword", "normalizer": "folded", "ignore_above": 200}}},
         "artists": {"type": "text", "analyzer": "words"},
         "all": {"type": "text", "analyzer": "words", "norms": false,
           "fields": {"begun": {"type": "text", "analyzer": "beginnings", "search_analyzer": "begun",
             "norms": false, "index_options": "docs"}}},
         "popularity": {"type": "rank_feature"}}}}
      """
          .formatted(PREFIX);

  private final ChildJvm node;
  private final Path home;
  private final int port;

  /**
   * @param tracksPerSecond with merging
   * @param segments that it was merged into
   */
  record Built(
      double tracksPerSecond, double cpuSeconds, long diskBytes, long heapBytes, long segments) {}

  OpenSearch(Path checkout, Path work) throws IOException {
    this.home = work.resolve("opensearch").toAbsolutePath();
    this.port = Ports.free();
    List<Path> classpath = Classpath.ofModule(checkout, "bench/opensearch");
    node =
        new ChildJvm(
            new ChildJvm.Spec(
                    work,
                    "opensearch",
                    classpath,
                    "io.downbeat.bench.opensearch.OpenSearchNode",
                    Ready.answers(URI.create("http://127.0.0.1:" + port + "/_cluster/health")))
                .withJvmArgs(List.of("-Xms2g", "-Xmx2g", "-XX:+UseG1GC"))
                .withArgs(home.toString(), Integer.toString(port), Integer.toString(Ports.free()))
                .withDeadlines(Duration.ofMinutes(2), Duration.ofSeconds(30)));
  }

  void start() throws InterruptedException {
    node.start();
    node.awaitReady();
  }

  Built build(Catalogue catalogue) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (HttpConnection connection = new HttpConnection(port, MERGED_WITHIN)) {
      connection.send("PUT", "/things", "", INDEX);
      AtomicInteger parts = new AtomicInteger();
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < BULKS_AT_ONCE; i++) {
        work.add(
            () -> {
              load(catalogue, parts);
              return null;
            });
      }
      OpenLoop.all(work);
      connection.send("POST", "/things/_refresh", "", "");
      connection.send("POST", "/things/_forcemerge?max_num_segments=1", "", "");
      connection.send("POST", "/things/_flush", "", "");
      connection.send("POST", "/things/_refresh", "", "");
      double seconds = (System.nanoTime() - start) / 1e9;
      JsonNode stats = Jsons.MAPPER.readTree(connection.get("/things/_stats/docs,segments"));
      long documents = stats.at("/_all/primaries/docs/count").asLong();
      if (documents != catalogue.size()) {
        throw new IOException(
            "OpenSearch holds %d of %d things".formatted(documents, catalogue.size()));
      }
      long pid = node.pid().orElseThrow();
      return new Built(
          catalogue.tracks() / seconds,
          Cpu.seconds(pid),
          Footprint.diskBytes(home.resolve("data")),
          Footprint.heapBytes(pid),
          stats.at("/_all/primaries/segments/count").asLong());
    }
  }

  private void load(Catalogue catalogue, AtomicInteger parts)
      throws IOException, InterruptedException {
    try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
      ByteArrayOutputStream lines = new ByteArrayOutputStream(BULK_BYTES + (64 << 10));
      for (int part = parts.getAndIncrement();
          part < catalogue.parts();
          part = parts.getAndIncrement()) {
        catalogue.read(
            part,
            thing -> {
              add(lines, thing);
              if (lines.size() >= BULK_BYTES) {
                post(connection, lines);
              }
            });
      }
      post(connection, lines);
    }
  }

  private static void add(ByteArrayOutputStream lines, Thing thing) throws IOException {
    Jsons.line(
        lines,
        json -> {
          json.writeStartObject();
          json.writeObjectFieldStart("create");
          json.writeStringField("_id", thing.id().toString());
          json.writeEndObject();
          json.writeEndObject();
        });
    Jsons.line(lines, json -> document(json, thing));
  }

  private static void document(JsonGenerator json, Thing thing) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", thing.kind().key());
    json.writeStringField("title", thing.title());
    json.writeArrayFieldStart("artists");
    for (String name : thing.artistNames()) {
      json.writeString(name);
    }
    json.writeEndArray();
    Thing.Named album = thing.album();
    if (album != null) {
      json.writeStringField("album", album.name());
    }
    json.writeStringField("all", thing.title() + " " + String.join(" ", thing.artistNames()));
    // It takes no zero.
    json.writeNumberField("popularity", (float) (1 + thing.log2Streams()));
    json.writeEndObject();
  }

  private static void post(HttpConnection connection, ByteArrayOutputStream lines)
      throws IOException {
    if (lines.size() == 0) {
      return;
    }
    HttpConnection.Answer answer =
        connection.send(
            "POST",
            "/things/_bulk?filter_path=errors,items.*.error.reason",
            "Content-Type: application/x-ndjson\r\n",
            lines.toByteArray());
    if (answer.status() != 200 || Jsons.MAPPER.readTree(answer.body()).path("errors").asBoolean()) {
      throw new IOException(
          "OpenSearch refused a bulk with status %d: %.500s"
              .formatted(
                  answer.status(),
                  new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8)));
    }
    lines.reset();
  }

  @Override
  public String name() {
    return "opensearch";
  }

  @Override
  public double cpuSeconds() throws IOException {
    return Cpu.seconds(node.pid().orElseThrow());
  }

  @Override
  public Client connect() throws IOException {
    HttpConnection connection = new HttpConnection(port, PATIENCE);
    return new Client() {
      @Override
      public void ask(String query) throws IOException {
        byte[] answer = search(query, false);
        if (hits(answer).isEmpty()) {
          search(query, true);
        }
      }

      @Override
      public List<Hit> find(String query) throws IOException {
        List<Hit> hits = hits(search(query, false));
        return hits.isEmpty() ? hits(search(query, true)) : hits;
      }

      private byte[] search(String query, boolean fuzzy) throws IOException {
        return connection.send("POST", SEARCH, "", query(query, fuzzy));
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }

  private static List<Hit> hits(byte[] answer) throws IOException {
    List<Hit> hits = new ArrayList<>();
    for (JsonNode hit : Jsons.MAPPER.readTree(answer).at("/hits/hits")) {
      JsonNode source = hit.path("_source");
      hits.add(
          new Hit(
              Kind.valueOf(source.path("kind").asText().toUpperCase(java.util.Locale.ROOT)),
              UUID.fromString(hit.path("_id").asText()),
              source.path("title").asText(),
              Jsons.texts(source.path("artists"))));
    }
    return hits;
  }

  private static String query(String typed, boolean fuzzy) {
    String text = typed.strip();
    int last = text.lastIndexOf(' ') + 1;
    ObjectNode search = Jsons.MAPPER.createObjectNode();
    search.put("size", 20).put("track_total_hits", false);
    search.putArray("_source").add("kind").add("title").add("artists").add("album");
    ObjectNode bool = search.putObject("query").putObject("bool");
    ArrayNode must = bool.putArray("must");
    if (last > 0 || fuzzy) {
      ObjectNode whole =
          must.addObject()
              .putObject("match")
              .putObject("all")
              .put("operator", "and")
              .put("zero_terms_query", "all");
      whole.put("query", fuzzy ? text : text.substring(0, last));
      if (fuzzy) {
        whole.put("fuzziness", "AUTO");
      }
    }
    if (!fuzzy) {
      must.addObject()
          .putObject("match")
          .putObject("all.begun")
          .put("operator", "and")
          .put("zero_terms_query", last > 0 ? "all" : "none")
          .put("query", text.substring(last));
    }
    ArrayNode should = bool.putArray("should");
    should
        .addObject()
        .putObject("term")
        .putObject("title.exact")
        .put("value", text)
        .put("boost", 4);
    should
        .addObject()
        .putObject("rank_feature")
        .put("field", "popularity")
        .put("boost", .5)
        .putObject("linear");
    return search.toString();
  }

  void stop() {
    node.stop();
  }

  @Override
  public void close() {
    node.kill();
  }
}
