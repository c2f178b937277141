/** The tracks most streamed. */
@NullMarked
package io.downbeat.serving.charts;

import org.jspecify.annotations.NullMarked;
