/** What search costs and finds, beside OpenSearch and SQLite on the same catalogue. */
@NullMarked
package io.downbeat.bench.search;

import org.jspecify.annotations.NullMarked;
