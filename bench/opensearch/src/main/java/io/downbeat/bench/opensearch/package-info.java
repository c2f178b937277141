/** The search server that Downbeat's own search is measured beside. */
@NullMarked
package io.downbeat.bench.opensearch;

import org.jspecify.annotations.NullMarked;
