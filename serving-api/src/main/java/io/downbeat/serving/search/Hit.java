package io.downbeat.serving.search;

/**
 * A thing that answers a query.
 *
 * @param score in octaves, see {@link Ranking}
 * @param available in the listener's country
 */
record Hit(Card card, float score, boolean available) {}
