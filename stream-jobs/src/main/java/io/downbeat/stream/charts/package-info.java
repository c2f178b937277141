/** The tracks most streamed, overall and by genre. */
@NullMarked
package io.downbeat.stream.charts;

import org.jspecify.annotations.NullMarked;
