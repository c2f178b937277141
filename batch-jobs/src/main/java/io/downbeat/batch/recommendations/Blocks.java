package io.downbeat.batch.recommendations;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/** Rows of a partition, a block at a time: what {@link TopK} ranks together. */
final class Blocks {
  private static final int ROWS = 256;

  private Blocks() {}

  /** Lazily: at most one block and its results are in memory. */
  static <T> Iterator<T> map(Iterator<Row> rows, Function<List<Row>, List<T>> work) {
    return new Iterator<>() {
      private Iterator<T> results = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        while (!results.hasNext() && rows.hasNext()) {
          List<Row> block = new ArrayList<>(ROWS);
          while (block.size() < ROWS && rows.hasNext()) {
            block.add(rows.next());
          }
          results = work.apply(block).iterator();
        }
        return results.hasNext();
      }

      @Override
      public T next() {
        return hasNext() ? results.next() : Collections.<T>emptyIterator().next();
      }
    };
  }

  static float[][] vectors(List<Row> rows, int column) {
    return rows.stream()
        .map(
            row -> {
              List<Float> values = row.getList(column);
              float[] vector = new float[values.size()];
              for (int i = 0; i < vector.length; i++) {
                vector[i] = values.get(i);
              }
              return vector;
            })
        .toArray(float[][]::new);
  }

  /** Ascending. */
  static int[][] ids(List<Row> rows, int column) {
    return rows.stream()
        .map(row -> row.<Integer>getList(column).stream().mapToInt(id -> id).sorted().toArray())
        .toArray(int[][]::new);
  }
}
