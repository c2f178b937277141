package io.downbeat.stream.io;

import java.io.IOException;
import java.io.Serializable;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A record that writes and reads itself, where Flink would go through its fields by reflection. The
 * record has it as a public constant {@code TYPE}, by which state that was written is read again:
 * what a record in state writes is a format, not to be changed.
 *
 * <p>Records that are keys write out their equality: the one that they have by themselves goes
 * through method handles, which are not inlined in a job as large as this.
 */
public final class RecordType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1;

  /** Writes a record's fields. */
  @FunctionalInterface
  public interface Write<T> extends Serializable {
    void write(T value, DataOutputView out) throws IOException;
  }

  /** Reads them in the same order. */
  @FunctionalInterface
  public interface Read<T> extends Serializable {
    T read(DataInputView in) throws IOException;
  }

  private final Class<T> type;
  private final Write<T> write;
  private final Read<T> read;

  private RecordType(Class<T> type, Write<T> write, Read<T> read) {
    this.type = type;
    this.write = write;
    this.read = read;
  }

  public static <T> RecordType<T> of(Class<T> type, Write<T> write, Read<T> read) {
    return new RecordType<>(type, write, read);
  }

  public void write(T value, DataOutputView out) throws IOException {
    write.write(value, out);
  }

  public T read(DataInputView in) throws IOException {
    return read.read(in);
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new Serializer<>(this);
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean isKeyType() {
    return true;
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordType<?> that && that.type == type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof RecordType;
  }

  /** Of one thread. */
  private static final class Serializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;
    private static final int USUAL_BYTES = 64;

    private final RecordType<T> type;
    private transient @Nullable DataOutputSerializer piece;

    Serializer(RecordType<T> type) {
      this.type = type;
    }

    /** In one piece: a checkpoint's files have several streams, through which each write goes. */
    @Override
    public void serialize(T value, DataOutputView out) throws IOException {
      if (out instanceof DataOutputSerializer memory) {
        type.write(value, memory);
        return;
      }
      if (piece == null) {
        piece = new DataOutputSerializer(USUAL_BYTES);
      }
      piece.clear();
      type.write(value, piece);
      out.write(piece.getSharedBuffer(), 0, piece.length());
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
      return type.read(in);
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
      return type.read(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
      type.write(type.read(in), out);
    }

    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
      return new Serializer<>(type);
    }

    @Override
    public T createInstance() {
      throw new UnsupportedOperationException(type + " has no empty instance");
    }

    @Override
    public T copy(T from) {
      return from;
    }

    @Override
    public T copy(T from, T reuse) {
      return from;
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
      return new Snapshot<>(type);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Serializer<?> that && that.type.equals(type);
    }

    @Override
    public int hashCode() {
      return type.hashCode();
    }
  }

  /** What state remembers of how it was written: by which record. */
  public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
    private static final int VERSION = 1;

    private RecordType<T> type;

    /** To be read into. */
    @SuppressWarnings("NullAway.Init")
    public Snapshot() {}

    Snapshot(RecordType<T> type) {
      this.type = type;
    }

    @Override
    public int getCurrentVersion() {
      return VERSION;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeUTF(type.type.getName());
    }

    @Override
    @SuppressWarnings("unchecked") // of what the record says of itself
    public void readSnapshot(int version, DataInputView in, ClassLoader classes)
        throws IOException {
      String name = in.readUTF();
      try {
        type =
            (RecordType<T>)
                Objects.requireNonNull(
                    Class.forName(name, true, classes).getField("TYPE").get(null));
      } catch (ReflectiveOperationException e) {
        throw new IOException("Cannot read state of " + name + ": it has no TYPE", e);
      }
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return new Serializer<>(type);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      return old instanceof Snapshot<T> that && that.type.equals(type)
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
