package io.downbeat.stream.fans;

import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Fans;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.InvalidRecordException;
import io.downbeat.stream.io.LogRecord;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Whether a thing is in one of a listener's lists.
 *
 * @param entry stands for listener, list and thing together: the record's key
 * @param thing null in lists that aren't counted
 * @param version of several changes of one entry the one of the highest is true
 */
public record ListChange(Id entry, @Nullable Thing thing, long version, boolean isIn) {
  public static final RecordType<ListChange> TYPE =
      RecordType.of(ListChange.class, ListChange::write, ListChange::read);

  private static final long MOST = Long.MAX_VALUE >> 1;

  public static ListChange of(LibraryChange change, LogRecord record)
      throws InvalidRecordException {
    if (change.getVersion() < 1 || change.getVersion() > MOST) {
      throw new InvalidRecordException(
          "version", change.getVersion(), "lies between 1 and 2^62 - 1");
    }
    Optional<CountedKind> kind = Fans.kindIn(change.getList());
    return new ListChange(
        Id.of(Keys.of(change)),
        kind.isPresent() ? Thing.of(kind.get(), Id.of(change.getItemId())) : null,
        change.getVersion(),
        change.getAddedAt() != null);
  }

  private void write(DataOutputView out) throws IOException {
    Id.TYPE.write(entry, out);
    out.writeBoolean(thing != null);
    if (thing != null) {
      Thing.TYPE.write(thing, out);
    }
    out.writeLong(version);
    out.writeBoolean(isIn);
  }

  private static ListChange read(DataInputView in) throws IOException {
    return new ListChange(
        Id.TYPE.read(in),
        in.readBoolean() ? Thing.TYPE.read(in) : null,
        in.readLong(),
        in.readBoolean());
  }
}
