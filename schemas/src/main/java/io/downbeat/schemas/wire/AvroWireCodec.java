package io.downbeat.schemas.wire;

import io.downbeat.schemas.avro.Play;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro values in the schema registry's wire format: a zero byte, the writer schema's id as four
 * big-endian bytes, then Avro binary.
 *
 * <p>Thread-safe. Decoding takes bounded memory: strings and byte arrays of at most 1 MiB, lists of
 * at most 65,536 items, whatever length the bytes claim.
 */
public final class AvroWireCodec<V extends SpecificRecord> {

  /** The registry as a function; a call may block, and its answer is kept. */
  @FunctionalInterface
  public interface SchemaById {
    /**
     * @return the schema's JSON text
     * @throws UnknownSchemaException if the registry answers that there is no such id
     * @throws Exception if the registry does not answer
     */
    String textOf(int id) throws Exception;
  }

  /** The registry answered that there is no such id: the bytes are at fault, not the registry. */
  public static final class UnknownSchemaException extends Exception {
    private static final long serialVersionUID = 1;

    public UnknownSchemaException(int id) {
      super("No schema has id " + id);
    }
  }

  /** Bytes that are not a value of this type. Trying again will not help. */
  public static final class MalformedValueException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedValueException(String message) {
      super(message);
    }

    MalformedValueException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Writes and reads values of one type and schema, without that schema. Thread-safe. */
  interface Binary<V> {
    boolean knows(Schema schema);

    /** The header, then the value. */
    byte[] write(byte[] header, V value);

    V read(BinaryDecoder in) throws IOException;
  }

  /** Reads values that were written with one schema. */
  private interface Reader<V> {
    V read(BinaryDecoder in) throws IOException;
  }

  private static final int HEADER = 5;

  // Avro reads its limits once, from system properties; a record of the log has at most 1 MiB.
  static {
    limit("string", 1 << 20);
    limit("bytes", 1 << 20);
    limit("collectionItems", 1 << 16);
  }

  private final Class<V> type;
  private final SpecificData data;
  private final SchemaById registry;
  private final SpecificDatumWriter<V> writer;
  private final @Nullable Binary<V> binary;
  private final ConcurrentMap<Integer, Reader<V>> readers = new ConcurrentHashMap<>();

  public AvroWireCodec(Class<V> type, SchemaById registry) {
    this.type = type;
    this.data = SpecificData.getForClass(type);
    this.registry = registry;
    this.writer = new SpecificDatumWriter<>(data.getSchema(type), data);
    this.binary = binaryOf(type, data.getSchema(type));
  }

  @SuppressWarnings("unchecked") // a Class<Play> is that of V
  private static <V> @Nullable Binary<V> binaryOf(Class<V> type, Schema schema) {
    PlayBinary plays = new PlayBinary();
    return type.equals(Play.class) && plays.knows(schema) ? (Binary<V>) plays : null;
  }

  /**
   * @param schemaId id under which the registry keeps the generated class's schema
   */
  public byte[] encode(V value, int schemaId) {
    byte[] header = ByteBuffer.allocate(HEADER).putInt(1, schemaId).array();
    if (binary != null) {
      return binary.write(header, value);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(header);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      writer.write(value, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a " + type.getSimpleName(), e);
    }
    return out.toByteArray();
  }

  /**
   * @throws MalformedValueException if the bytes are not such a value
   * @throws IOException if the registry could not be asked; trying again may help
   */
  public V decode(byte[] bytes) throws MalformedValueException, IOException {
    if (bytes.length < HEADER || bytes[0] != 0) {
      throw new MalformedValueException(
          "Cannot decode a "
              + type.getSimpleName()
              + ": expected a zero byte and a schema id before the value, got "
              + bytes.length
              + " bytes");
    }
    Reader<V> reader = reader(ByteBuffer.wrap(bytes, 1, 4).getInt());
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
    V value;
    try {
      value = reader.read(decoder);
      if (!decoder.isEnd()) {
        throw new MalformedValueException(
            "Cannot decode a " + type.getSimpleName() + ": bytes are left after the value");
      }
    } catch (IOException | RuntimeException e) {
      throw new MalformedValueException(
          "Cannot decode a " + type.getSimpleName() + ": " + e.getMessage(), e);
    }
    return value;
  }

  private static void limit(String what, int most) {
    String property = "org.apache.avro.limits." + what + ".maxLength";
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(most));
    }
  }

  private Reader<V> reader(int id) throws MalformedValueException, IOException {
    Reader<V> known = readers.get(id);
    if (known != null) {
      return known;
    }
    String text;
    try {
      text = registry.textOf(id);
    } catch (UnknownSchemaException e) {
      throw new MalformedValueException(
          "Cannot decode a " + type.getSimpleName() + ": " + e.getMessage(), e);
    } catch (Exception e) {
      throw new IOException("Cannot ask the registry for schema " + id, e);
    }
    try {
      Schema written = new Schema.Parser().parse(text);
      Reader<V> reader = readerOf(written);
      readers.put(id, reader);
      return reader;
    } catch (AvroRuntimeException e) {
      throw new MalformedValueException(
          "Cannot decode a " + type.getSimpleName() + " from schema " + id, e);
    }
  }

  private Reader<V> readerOf(Schema written) {
    Schema read = data.getSchema(type);
    if (binary != null
        && SchemaNormalization.toParsingForm(written)
            .equals(SchemaNormalization.toParsingForm(read))) {
      return binary::read;
    }
    SpecificDatumReader<V> reader = new SpecificDatumReader<>(written, read, data);
    return in -> reader.read(null, in);
  }
}
