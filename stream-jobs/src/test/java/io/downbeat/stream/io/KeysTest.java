package io.downbeat.stream.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.stream.charts.ChartKey;
import io.downbeat.stream.counts.Bucket;
import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.dedup.PlayOrigin;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are the same exactly where all of their components are. */
class KeysTest {

  @ParameterizedTest
  @ValueSource(classes = {Id.class, Thing.class, Bucket.class, ChartKey.class, PlayOrigin.class})
  void keysAreEqualByEveryComponent(Class<? extends Record> type) throws Exception {
    RecordComponent[] components = type.getRecordComponents();
    Record key = key(type, -1);
    assertThat(key(type, -1)).isEqualTo(key).hasSameHashCodeAs(key).isNotEqualTo("another kind");
    for (int i = 0; i < components.length; i++) {
      assertThat(key(type, i)).as(components[i].getName()).isNotEqualTo(key);
    }
  }

  /**
   * @param other position of the component that is another than always
   */
  private static <R extends Record> R key(Class<R> type, int other) throws Exception {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      long value = i == other ? 5 : 1;
      values[i] =
          types[i] == byte.class ? (byte) value : types[i] == long.class ? value : new Id(0, value);
    }
    return type.getDeclaredConstructor(types).newInstance(values);
  }
}
