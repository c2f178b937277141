/**
 * What taking plays in costs: the API that ships, beside the producer alone and a naive handler.
 */
@NullMarked
package io.downbeat.bench.ingest;

import org.jspecify.annotations.NullMarked;
