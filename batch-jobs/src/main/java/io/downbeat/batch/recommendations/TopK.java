package io.downbeat.batch.recommendations;

import java.util.Arrays;

/**
 * The items with the largest inner products with a query vector, exactly. Immutable; thread-safe.
 *
 * <p>Items lie in blocks small enough to stay in a core's cache while a block of queries passes
 * over them; within a block they lie rank by rank, so that the inner loop adds a multiple of one
 * array to another, which the JIT compiler turns into vector instructions. A product enters a
 * query's bounded heap only if it beats the heap's least one.
 */
public final class TopK {
  private static final int BLOCK = 256;

  private final int rank;
  private final int[] ids;
  private final float[][] blocks;

  public TopK(Factors items) {
    rank = items.rank();
    ids = items.ids();
    blocks = new float[(ids.length + BLOCK - 1) / BLOCK][];
    for (int b = 0; b < blocks.length; b++) {
      blocks[b] = new float[rank * BLOCK];
      for (int i = b * BLOCK; i < Math.min(ids.length, (b + 1) * BLOCK); i++) {
        for (int r = 0; r < rank; r++) {
          blocks[b][r * BLOCK + i % BLOCK] = items.values()[i * rank + r];
        }
      }
    }
  }

  /**
   * @param queries a vector each; a few hundred at a time make good use of the cache
   * @param masked for each query the ids that it does not get, ascending
   * @return for each query the ids of its k best items, or fewer where there are no more; best
   *     first, the lower id first among equals
   */
  public int[][] best(float[][] queries, int[][] masked, int k) {
    Heap[] heaps = new Heap[queries.length];
    Arrays.setAll(heaps, query -> new Heap(k));
    float[] products = new float[BLOCK];
    for (int b = 0; b < blocks.length; b++) {
      int first = b * BLOCK;
      int count = Math.min(BLOCK, ids.length - first);
      for (int q = 0; q < queries.length; q++) {
        multiply(queries[q], blocks[b], products);
        offer(products, first, count, masked[q], heaps[q]);
      }
    }
    int[][] best = new int[queries.length][];
    Arrays.setAll(best, query -> heaps[query].drain());
    return best;
  }

  private void multiply(float[] query, float[] block, float[] products) {
    Arrays.fill(products, 0);
    for (int r = 0; r < rank; r++) {
      float factor = query[r];
      int row = r * BLOCK;
      for (int i = 0; i < BLOCK; i++) {
        products[i] += factor * block[row + i];
      }
    }
  }

  private void offer(float[] products, int first, int count, int[] masked, Heap heap) {
    for (int i = 0; i < count; i++) {
      if (heap.takes(products[i]) && Arrays.binarySearch(masked, ids[first + i]) < 0) {
        heap.add(ids[first + i], products[i]);
      }
    }
  }

  /** The k best seen so far, the worst of them on top. Items come by ascending id. */
  private static final class Heap {
    private final int[] ids;
    private final float[] scores;
    private int size;

    Heap(int k) {
      ids = new int[k];
      scores = new float[k];
    }

    boolean takes(float score) {
      return size < ids.length || (size > 0 && score > scores[0]);
    }

    void add(int id, float score) {
      if (size < ids.length) {
        int at = size++;
        while (at > 0 && isWorse(score, id, (at - 1) / 2)) {
          copy((at - 1) / 2, at);
          at = (at - 1) / 2;
        }
        put(at, id, score);
      } else {
        sink(id, score);
      }
    }

    int[] drain() {
      int[] best = new int[size];
      for (int place = size - 1; place >= 0; place--) {
        best[place] = ids[0];
        size--;
        sink(ids[size], scores[size]);
      }
      return best;
    }

    /** Puts this in the place of the worst one. */
    private void sink(int id, float score) {
      int at = 0;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        if (child + 1 < size && isWorse(scores[child + 1], ids[child + 1], child)) {
          child++;
        }
        if (!isWorse(scores[child], ids[child], score, id)) {
          break;
        }
        copy(child, at);
        at = child;
      }
      put(at, id, score);
    }

    private boolean isWorse(float score, int id, int than) {
      return isWorse(score, id, scores[than], ids[than]);
    }

    private static boolean isWorse(float score, int id, float otherScore, int otherId) {
      return score < otherScore || (score == otherScore && id > otherId);
    }

    private void copy(int from, int to) {
      put(to, ids[from], scores[from]);
    }

    private void put(int at, int id, float score) {
      ids[at] = id;
      scores[at] = score;
    }
  }
}
