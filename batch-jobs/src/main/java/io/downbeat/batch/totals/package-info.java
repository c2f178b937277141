/** The totals of plays, computed from the lake as the stream computes them from the log. */
@NullMarked
package io.downbeat.batch.totals;

import org.jspecify.annotations.NullMarked;
