/** How soon a play is counted where clients read. */
@NullMarked
package io.downbeat.bench.freshness;

import org.jspecify.annotations.NullMarked;
