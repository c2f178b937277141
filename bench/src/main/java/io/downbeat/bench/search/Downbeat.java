package io.downbeat.bench.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.Footprint;
import io.downbeat.bench.machine.HttpConnection;
import io.downbeat.bench.machine.OpenLoop;
import io.downbeat.bench.machine.OwnIngest;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.Popularity;
import io.downbeat.schemas.avro.PopularityKind;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Downbeat's own search, from end to end: the catalogue goes in over {@code POST /v1/catalog},
 * popularity into the log, and {@code GET /v1/search} is asked. Kafka, registry, ingest-api and
 * serving-api run for it alone; there is no Cassandra, which search does not need.
 */
final class Downbeat implements Engine, Closeable {
  private static final String INSTALLATION = "search";
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final int IMPORTS_AT_ONCE = 3;
  private static final int IMPORT_BYTES = 4 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BUILT_WITHIN = Duration.ofHours(1);
  private static final Duration SAY_EVERY = Duration.ofSeconds(30);
  private static final long LOOK_MILLIS = 100;

  private final OwnServers servers;
  private final ChildJvm ingest;
  private final ChildJvm serving;
  private final int ingestPort;
  private final int servingPort;
  private final Path state;

  /**
   * @param seconds from serving-api's start, with an empty directory, until search is ready
   * @param copySeconds of these until its copy of the catalogue was whole
   */
  record Built(double seconds, double copySeconds, double cpuSeconds) {}

  Downbeat(Path checkout, OwnServers servers, String servingHeap) throws IOException {
    this.servers = servers;
    ingestPort = Ports.free();
    servingPort = Ports.free();
    state = servers.home().resolve("serving-api");
    ingest = OwnIngest.of(checkout, servers, INSTALLATION, ingestPort, KEY);
    Map<String, String> environment = new HashMap<>(servers.environment(INSTALLATION));
    environment.put("SERVING_PORT", Integer.toString(servingPort));
    environment.put("STATE_DIR", state.toString());
    serving =
        new ChildJvm(
            new ChildJvm.Spec(
                    servers.home(),
                    "serving-api",
                    Classpath.ofModule(checkout, "serving-api"),
                    "io.downbeat.serving.ServingApi",
                    Ready.answers(URI.create("http://127.0.0.1:" + servingPort + "/healthz")))
                .withJvmArgs(
                    List.of(
                        "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xmx" + servingHeap))
                .withEnvironment(environment));
  }

  /** Fills the log. */
  void load(Catalogue catalogue) throws IOException, InterruptedException {
    servers.start(servers.kafka(), servers.registry());
    servers.create(INSTALLATION);
    popularity(catalogue);
  }

  /**
   * Posts the catalogue.
   *
   * @return seconds that it took
   */
  double post(Catalogue catalogue) throws IOException, InterruptedException {
    ingest.start();
    ingest.awaitReady();
    long start = System.nanoTime();
    AtomicInteger parts = new AtomicInteger();
    List<Callable<Void>> work = new ArrayList<>();
    for (int i = 0; i < IMPORTS_AT_ONCE; i++) {
      work.add(
          () -> {
            post(catalogue, parts);
            return null;
          });
    }
    OpenLoop.all(work);
    double seconds = (System.nanoTime() - start) / 1e9;
    ingest.stop();
    return seconds;
  }

  private void post(Catalogue catalogue, AtomicInteger parts)
      throws IOException, InterruptedException {
    try (HttpConnection connection = new HttpConnection(ingestPort, PATIENCE)) {
      ByteArrayOutputStream lines = new ByteArrayOutputStream(IMPORT_BYTES + (64 << 10));
      int[] count = {0};
      for (int part = parts.getAndIncrement();
          part < catalogue.parts();
          part = parts.getAndIncrement()) {
        catalogue.read(
            part,
            thing -> {
              Jsons.line(lines, json -> line(json, thing));
              count[0]++;
              if (lines.size() >= IMPORT_BYTES) {
                post(connection, lines, count);
              }
            });
      }
      if (count[0] > 0) {
        post(connection, lines, count);
      }
    }
  }

  private static void post(HttpConnection connection, ByteArrayOutputStream lines, int[] count)
      throws IOException {
    HttpConnection.Answer answer =
        connection.send(
            "POST",
            "/v1/catalog",
            "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n".formatted(KEY),
            lines.toByteArray());
    JsonNode said = Jsons.MAPPER.readTree(answer.body());
    if (answer.status() != 202 || said.path("accepted").asInt() != count[0]) {
      throw new IOException(
          "POST /v1/catalog with %d lines answered %d: %.500s"
              .formatted(count[0], answer.status(), said));
    }
    lines.reset();
    count[0] = 0;
  }

  private static void line(JsonGenerator json, Thing thing) throws IOException {
    String type = thing.kind().key();
    json.writeStartObject();
    json.writeStringField("type", type);
    json.writeStringField(type + "_id", thing.id().toString());
    json.writeStringField(thing.kind() == Kind.ARTIST ? "name" : "title", thing.title());
    if (thing.kind() != Kind.ARTIST) {
      json.writeArrayFieldStart("artist_ids");
      for (Thing.Named artist : thing.artists()) {
        json.writeString(artist.id().toString());
      }
      json.writeEndArray();
    }
    Thing.Named album = thing.album();
    if (album != null) {
      json.writeStringField("album_id", album.id().toString());
    }
    if (thing.kind() == Kind.TRACK) {
      json.writeNumberField("duration_millis", 120_000 + (thing.id().hashCode() & 0x1FFFF));
    }
    json.writeEndObject();
  }

  /** Into the log, as the stream would. */
  private void popularity(Catalogue catalogue) throws IOException, InterruptedException {
    Topic<Popularity> topic = Topics.POPULARITY.withPrefix(INSTALLATION + "-");
    AvroWireCodec<Popularity> codec = new AvroWireCodec<>(Popularity.class, Downbeat::writesOnly);
    int schema = schemaId(topic);
    double now = ForwardDecay.of(1, System.currentTimeMillis());
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                servers.kafka().bootstrapServers(),
                "acks",
                "all",
                "linger.ms",
                20,
                "batch.size",
                256 << 10,
                "compression.type",
                "lz4"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int part = 0; part < catalogue.parts(); part++) {
        catalogue.read(
            part,
            thing -> {
              if (thing.log2Streams() > 0) {
                Popularity popularity =
                    new Popularity(
                        PopularityKind.valueOf(thing.kind().name()),
                        thing.id(),
                        (float) (now + thing.log2Streams()));
                producer.send(
                    new ProducerRecord<>(
                        topic.name(), Uuids.toBytes(thing.id()), codec.encode(popularity, schema)),
                    (metadata, error) -> {
                      if (error != null) {
                        failure.compareAndSet(null, error);
                      }
                    });
              }
            });
      }
      producer.flush();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new IOException("Cannot write popularity", failed);
    }
  }

  private int schemaId(Topic<?> topic) throws IOException, InterruptedException {
    URI latest =
        URI.create(servers.registry().url() + "/subjects/" + topic.subject() + "/versions/latest");
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(latest).build(), BodyHandlers.ofString())
            .body();
    return Jsons.MAPPER.readTree(answer).required("id").asInt();
  }

  private static String writesOnly(int id) {
    throw new UnsupportedOperationException("A writer reads no schema, asked for " + id);
  }

  /** Starts serving-api on an empty directory and waits until search is ready. */
  Built build() throws IOException, InterruptedException {
    long start = System.nanoTime();
    serving.start();
    serving.awaitReady();
    double copySeconds = 0;
    long said = start;
    try (HttpConnection connection = new HttpConnection(servingPort, PATIENCE)) {
      while (true) {
        byte[] answer = connection.send("GET", "/readyz", "", new byte[0]).body();
        JsonNode parts = Jsons.MAPPER.readTree(answer).path("parts");
        double seconds = (System.nanoTime() - start) / 1e9;
        if (copySeconds == 0 && parts.path("catalog").path("ready").asBoolean()) {
          copySeconds = seconds;
        }
        if (parts.path("search").path("ready").asBoolean()) {
          return new Built(seconds, copySeconds, cpuSeconds());
        }
        if (seconds > BUILT_WITHIN.toSeconds()) {
          throw new IOException("Search is not ready within %s: %s".formatted(BUILT_WITHIN, parts));
        }
        if (System.nanoTime() - said > SAY_EVERY.toNanos()) {
          said = System.nanoTime();
          System.out.printf(
              Locale.ROOT,
              "  %.0f s  catalog %s, search %s%n",
              seconds,
              parts.path("catalog").path("detail").asText("ready"),
              parts.path("search").path("detail").asText());
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /**
   * Waits until the index, which is read meanwhile, is merged into one segment.
   *
   * @return seconds that it took
   */
  double settle() throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (HttpConnection connection = new HttpConnection(servingPort, PATIENCE)) {
      while (!new String(connection.get("/metrics"), UTF_8)
          .contains("\ndownbeat_search_segments 1.0\n")) {
        if (System.nanoTime() - start > BUILT_WITHIN.toNanos()) {
          throw new IOException("The index is not merged within " + BUILT_WITHIN);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  long heapBytes() throws IOException, InterruptedException {
    return Footprint.heapBytes(serving.pid().orElseThrow());
  }

  long residentBytes() {
    return serving.residentBytes().orElse(0);
  }

  long indexBytes() throws IOException {
    return Footprint.diskBytes(state.resolve("search"));
  }

  /** Of the copy of the catalogue that the index is made of. */
  long copyBytes() throws IOException {
    return Footprint.diskBytes(state) - indexBytes();
  }

  @Override
  public String name() {
    return "downbeat";
  }

  @Override
  public double cpuSeconds() throws IOException {
    return Cpu.seconds(serving.pid().orElseThrow());
  }

  @Override
  public Client connect() throws IOException {
    HttpConnection connection = new HttpConnection(servingPort, PATIENCE);
    return new Client() {
      @Override
      public void ask(String query) throws IOException {
        search(query);
      }

      @Override
      public List<Hit> find(String query) throws IOException {
        List<Hit> hits = new ArrayList<>();
        for (JsonNode hit : Jsons.MAPPER.readTree(search(query)).path("hits")) {
          Kind kind = Kind.valueOf(hit.path("type").asText().toUpperCase(Locale.ROOT));
          JsonNode thing = hit.path(kind.key());
          List<String> artists = new ArrayList<>();
          thing.path("artists").forEach(artist -> artists.add(artist.path("name").asText()));
          hits.add(
              new Hit(
                  kind,
                  UUID.fromString(thing.path(kind.key() + "_id").asText()),
                  thing.path(kind == Kind.ARTIST ? "name" : "title").asText(),
                  artists));
        }
        return hits;
      }

      private byte[] search(String query) throws IOException {
        return connection.get("/v1/search?limit=20&q=" + URLEncoder.encode(query, UTF_8));
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }

  @Override
  public void close() {
    ingest.kill();
    serving.kill();
  }
}
