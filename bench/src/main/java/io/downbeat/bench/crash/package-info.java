/** Whether the numbers stay true whatever is killed, paused, cut off or full. */
@NullMarked
package io.downbeat.bench.crash;

import org.jspecify.annotations.NullMarked;
