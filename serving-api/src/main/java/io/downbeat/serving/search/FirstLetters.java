package io.downbeat.serving.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.downbeat.serving.store.CachedReads;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import org.jspecify.annotations.Nullable;

/**
 * Answers to queries of at most {@value #MOST_LETTERS} letters, given again for a while: everyone
 * who types begins with one of a few thousand of these, and they match the most. Thread-safe.
 */
public final class FirstLetters {
  static final int MOST_LETTERS = 3;

  private static final int ENTRY_BYTES = 600;

  private final Cache<SearchRequest, Body> answers;

  /**
   * An answer as it is sent.
   *
   * @param tag its ETag
   */
  record Body(byte[] json, String tag) {}

  public FirstLetters(CachedReads.Settings settings, MeterRegistry meters) {
    this(settings, meters, Ticker.systemTicker());
  }

  FirstLetters(CachedReads.Settings settings, MeterRegistry meters, Ticker ticker) {
    this.answers =
        CaffeineCacheMetrics.monitor(
            meters,
            Caffeine.newBuilder()
                .expireAfterWrite(settings.maxAge())
                .maximumWeight(settings.bytes())
                .weigher((SearchRequest request, Body body) -> ENTRY_BYTES + body.json().length)
                .recordStats()
                .executor(Runnable::run)
                .ticker(ticker)
                .build(),
            "first_letters");
  }

  @Nullable Body find(SearchRequest request) {
    return isShort(request) ? answers.getIfPresent(request) : null;
  }

  /** If it is an answer to such a query. */
  void keep(SearchRequest request, Body body) {
    if (isShort(request)) {
      answers.put(request, body);
    }
  }

  private static boolean isShort(SearchRequest request) {
    return request.words().stream()
            .mapToInt(word -> word.text().codePointCount(0, word.text().length()))
            .sum()
        <= MOST_LETTERS;
  }
}
