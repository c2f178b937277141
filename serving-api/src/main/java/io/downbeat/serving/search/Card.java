package io.downbeat.serving.search;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a thing that was found; kept beside its terms, so that an answer is read from
 * the index alone.
 *
 * @param name of an artist, title of an album or track
 * @param credits artists of an album or track
 * @param album that a track is on
 * @param releaseDate of an album, as precise as it is known
 * @param countries where a track is available; null for everywhere
 */
record Card(
    Kind kind,
    UUID id,
    String name,
    List<Named> credits,
    @Nullable Named album,
    @Nullable String releaseDate,
    @Nullable String coverUrl,
    @Nullable Long durationMillis,
    boolean explicit,
    List<String> genres,
    @Nullable List<String> countries) {

  /**
   * @param name null while it has not arrived
   */
  record Named(UUID id, @Nullable String name) {}

  /** What Lucene keeps beside a document. */
  private static final int MOST_BYTES = 32_000;

  Card {
    credits = List.copyOf(credits);
    genres = List.copyOf(genres);
    countries = countries == null ? null : List.copyOf(countries);
  }

  boolean isAvailableIn(@Nullable String country) {
    return country == null || countries == null || countries.contains(country);
  }

  /** Of an absurd number of long names the last ones are left out. */
  BytesRef toBytes() {
    Card shown = this;
    BytesRef bytes = shown.written();
    while (bytes.length > MOST_BYTES && !shown.credits.isEmpty()) {
      shown = shown.with(shown.credits.subList(0, shown.credits.size() / 2));
      bytes = shown.written();
    }
    return bytes;
  }

  private Card with(List<Named> fewer) {
    return new Card(
        kind,
        id,
        name,
        fewer,
        album,
        releaseDate,
        coverUrl,
        durationMillis,
        explicit,
        genres,
        countries);
  }

  private BytesRef written() {
    Writer out = new Writer();
    out.put((byte) kind.ordinal());
    out.put(id);
    out.put(name);
    out.putAll(credits);
    out.putAll(album == null ? List.of() : List.of(album));
    out.put(releaseDate);
    out.put(coverUrl);
    out.put(durationMillis == null ? -1 : durationMillis);
    out.put((byte) (explicit ? 1 : 0));
    out.putTexts(genres);
    out.put((byte) (countries == null ? 0 : 1));
    out.putTexts(countries == null ? List.of() : countries);
    return out.written();
  }

  /** The id alone. */
  static UUID id(BytesRef bytes) {
    return id(ByteBuffer.wrap(bytes.bytes, bytes.offset + 1, bytes.length - 1));
  }

  static Card of(BytesRef bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes.bytes, bytes.offset, bytes.length);
    Kind kind = Kind.of(in.get());
    UUID id = id(in);
    String name = text(in);
    List<Named> credits = named(in);
    List<Named> album = named(in);
    String releaseDate = text(in);
    String coverUrl = text(in);
    long durationMillis = in.getLong();
    boolean explicit = in.get() == 1;
    List<String> genres = texts(in);
    boolean limited = in.get() == 1;
    List<String> countries = texts(in);
    return new Card(
        kind,
        id,
        name == null ? "" : name,
        credits,
        album.isEmpty() ? null : album.get(0),
        releaseDate,
        coverUrl,
        durationMillis < 0 ? null : durationMillis,
        explicit,
        genres,
        limited ? countries : null);
  }

  private static UUID id(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  private static @Nullable String text(ByteBuffer in) {
    int length = in.getShort();
    if (length < 0) {
      return null;
    }
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private static List<Named> named(ByteBuffer in) {
    int size = in.get();
    List<Named> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      all.add(new Named(id(in), text(in)));
    }
    return all;
  }

  private static List<String> texts(ByteBuffer in) {
    int size = in.getShort();
    List<String> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      String text = text(in);
      all.add(text == null ? "" : text);
    }
    return all;
  }

  /** Grows as it needs to. */
  private static final class Writer {
    private ByteBuffer out = ByteBuffer.allocate(512);

    void put(byte value) {
      room(1).put(value);
    }

    void put(long value) {
      room(8).putLong(value);
    }

    void put(UUID id) {
      room(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    void put(@Nullable String text) {
      byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
      room(2 + bytes.length).putShort((short) (text == null ? -1 : bytes.length)).put(bytes);
    }

    void putAll(List<Named> all) {
      put((byte) all.size());
      for (Named each : all) {
        put(each.id());
        put(each.name());
      }
    }

    void putTexts(List<String> all) {
      room(2).putShort((short) all.size());
      all.forEach(this::put);
    }

    BytesRef written() {
      return new BytesRef(out.array(), 0, out.position());
    }

    private ByteBuffer room(int bytes) {
      if (out.remaining() < bytes) {
        out = ByteBuffer.allocate(2 * (out.position() + bytes)).put(out.flip());
      }
      return out;
    }
  }
}
