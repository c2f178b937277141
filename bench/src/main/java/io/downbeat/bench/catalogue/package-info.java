/** The catalogue's way in: lines of {@code POST /v1/catalog} beside the producer alone. */
@NullMarked
package io.downbeat.bench.catalogue;

import org.jspecify.annotations.NullMarked;
