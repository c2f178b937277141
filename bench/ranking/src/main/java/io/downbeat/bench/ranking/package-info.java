/** How good the recommendations are, on published listening histories. */
@NullMarked
package io.downbeat.bench.ranking;

import org.jspecify.annotations.NullMarked;
