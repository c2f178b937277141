package io.downbeat.bench.counting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.GlobalKTable;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The same counts by Kafka Streams, exactly once (v2), with its caches and its own RocksDB stores,
 * committing once a second: copies dropped by device, joined with the catalogue, grouped by bucket
 * and aggregated; what a commit's cache lets out is written.
 */
public final class StreamsCounting {
  private static final String SEEN = "seen";

  /** Of each of the twelve tasks. */
  private static final int MOST_IN_FLIGHT = 24;

  /** What a play adds to a bucket, or a bucket's totals. */
  record Sum(long[] measures, byte[] listeners) {
    static final Sum NOTHING = new Sum(new long[Row.MEASURES], UniqueListeners.none());

    Sum plus(Sum addition) {
      long[] sum = measures.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += addition.measures[i];
      }
      if (addition.listeners.length == 0) {
        return new Sum(sum, listeners);
      }
      long listener = ByteBuffer.wrap(addition.listeners).getLong();
      return new Sum(sum, UniqueListeners.plus(listeners, new long[] {listener}));
    }

    private static byte[] toBytes(Sum sum) {
      ByteBuffer buffer = ByteBuffer.allocate(Row.MEASURES * Long.BYTES + sum.listeners.length);
      for (long measure : sum.measures) {
        buffer.putLong(measure);
      }
      return buffer.put(sum.listeners).array();
    }

    private static Sum fromBytes(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      long[] measures = new long[Row.MEASURES];
      for (int i = 0; i < measures.length; i++) {
        measures[i] = buffer.getLong();
      }
      byte[] listeners = new byte[buffer.remaining()];
      buffer.get(listeners);
      return new Sum(measures, listeners);
    }

    static Serde<Sum> serde() {
      return Serdes.serdeFrom(
          (topic, sum) -> sum == null ? null : toBytes(sum),
          (topic, bytes) -> bytes == null ? null : fromBytes(bytes));
    }
  }

  private StreamsCounting() {}

  public static void main(String[] args) {
    String installation = args[1];
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, installation + "-counting");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[3]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 128L << 20);
    settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    settings.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
    StreamsBuilder builder = new StreamsBuilder();
    build(builder, installation, Integer.parseInt(args[2]));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10)), "stop"));
    streams.start();
  }

  private static void build(StreamsBuilder builder, String installation, int cassandraPort) {
    Topic<Play> plays = Topics.PLAYS.withPrefix(installation + "-");
    Topic<Track> tracks = Topics.TRACKS.withPrefix(installation + "-");
    AvroWireCodec<Play> playCodec =
        new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());
    AvroWireCodec<Track> trackCodec =
        new AvroWireCodec<>(Track.class, id -> Track.getClassSchema().toString());
    Serde<Track> trackSerde =
        Serdes.serdeFrom(
            (topic, track) -> trackCodec.encode(track, 1), decoding(trackCodec::decode));
    Serde<Play> playSerde =
        Serdes.serdeFrom((topic, play) -> playCodec.encode(play, 1), decoding(playCodec::decode));

    GlobalKTable<Bytes, Track> catalogue =
        builder.globalTable(tracks.name(), Consumed.with(Serdes.Bytes(), trackSerde));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(SEEN), Serdes.Bytes(), Serdes.ByteArray())
            .withCachingEnabled());
    KStream<Bytes, Play> once =
        builder.stream(plays.name(), Consumed.with(Serdes.Bytes(), playSerde))
            .process(FirstOfEach::new, SEEN);
    once.join(
            catalogue,
            (key, play) -> Bytes.wrap(Uuids.toBytes(play.getTrackId())),
            (play, track) -> KeyValue.pair(play, TrackLinks.of(track)))
        .flatMap(
            (key, joined) -> {
              Play play = joined.key;
              long[] measures = Counters.of(play.getPlayedMillis(), play.getEndReason());
              byte[] listener =
                  ByteBuffer.allocate(Long.BYTES)
                      .putLong(UniqueListeners.hash(play.getUserId()))
                      .array();
              return Row.of(play.getTrackId(), joined.value, play.getStartedAt().toEpochMilli())
                  .stream()
                  .map(
                      row ->
                          KeyValue.pair(
                              bytes(row),
                              new Sum(
                                  row.countsPlays() ? measures : Sum.NOTHING.measures(),
                                  row.countsListeners() ? listener : UniqueListeners.none())))
                  .toList();
            })
        .groupByKey(Grouped.with(Serdes.Bytes(), Sum.serde()))
        .aggregate(
            () -> Sum.NOTHING,
            (row, addition, sum) -> sum.plus(addition),
            Materialized.<Bytes, Sum, KeyValueStore<Bytes, byte[]>>as("totals")
                .withKeySerde(Serdes.Bytes())
                .withValueSerde(Sum.serde())
                .withCachingEnabled())
        .toStream()
        .process(() -> new Write(cassandraPort, installation));
  }

  private interface Decode<V> {
    V decode(byte[] bytes) throws IOException, MalformedValueException;
  }

  private static <V> Deserializer<V> decoding(Decode<V> codec) {
    return (topic, bytes) -> {
      try {
        return codec.decode(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (MalformedValueException e) {
        throw new IllegalStateException("A record of the log that is no " + topic, e);
      }
    };
  }

  private static Bytes bytes(Row row) {
    return Bytes.wrap(
        ByteBuffer.allocate(2 + 3 * Long.BYTES)
            .put((byte) row.kind().ordinal())
            .putLong(row.id().getMostSignificantBits())
            .putLong(row.id().getLeastSignificantBits())
            .put((byte) row.granularity().ordinal())
            .putLong(row.start())
            .array());
  }

  private static Row row(Bytes key) {
    ByteBuffer buffer = ByteBuffer.wrap(key.get());
    return new Row(
        CountedKind.values()[buffer.get()],
        new UUID(buffer.getLong(), buffer.getLong()),
        Granularity.values()[buffer.get()],
        buffer.getLong());
  }

  /** By device and its numbers; by play_id where there is no number. */
  private static final class FirstOfEach implements Processor<Bytes, Play, Bytes, Play> {
    private ProcessorContext<Bytes, Play> context;
    private KeyValueStore<Bytes, byte[]> seen;

    @SuppressWarnings("NullAway.Init") // init() comes first
    FirstOfEach() {}

    @Override
    public void init(ProcessorContext<Bytes, Play> context) {
      this.context = context;
      this.seen = context.getStateStore(SEEN);
    }

    @Override
    public void process(Record<Bytes, Play> record) {
      if (isFirst(record.value())) {
        context.forward(record);
      }
    }

    private boolean isFirst(Play play) {
      if (play.getDeviceId() == null || play.getDeviceSeq() == null) {
        return seen.putIfAbsent(Bytes.wrap(Uuids.toBytes(play.getPlayId())), new byte[0]) == null;
      }
      Bytes key = Bytes.wrap((play.getUserId() + "/" + play.getDeviceId()).getBytes(UTF_8));
      byte[] stored = seen.get(key);
      long[] before = stored == null ? Dedup.none() : longs(stored);
      long[] after = Dedup.plus(before, play.getDeviceSeq());
      if (after != before) {
        seen.put(key, bytes(after));
      }
      return after != before;
    }

    private static long[] longs(byte[] bytes) {
      long[] longs = new long[bytes.length / Long.BYTES];
      ByteBuffer.wrap(bytes).asLongBuffer().get(longs);
      return longs;
    }

    private static byte[] bytes(long[] longs) {
      ByteBuffer buffer = ByteBuffer.allocate(longs.length * Long.BYTES);
      buffer.asLongBuffer().put(longs);
      return buffer.array();
    }
  }

  private static final class Write implements Processor<Bytes, Sum, Void, Void> {
    private final int cassandraPort;
    private final String keyspace;
    private CountsTable table;

    @SuppressWarnings("NullAway.Init") // init() comes first
    Write(int cassandraPort, String keyspace) {
      this.cassandraPort = cassandraPort;
      this.keyspace = keyspace;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      table = new CountsTable(cassandraPort, keyspace, MOST_IN_FLIGHT);
      context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, time -> flush());
    }

    @Override
    public void process(Record<Bytes, Sum> record) {
      Row row = row(record.key());
      Sum sum = record.value();
      try {
        table.put(row, sum.measures(), UniqueListeners.count(sum.listeners()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void flush() {
      try {
        table.flush();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      table.close();
    }
  }
}
