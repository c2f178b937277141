/** What the benchmarks measure with: servers of their own, and the CPU time of a process. */
@NullMarked
package io.downbeat.bench.machine;

import org.jspecify.annotations.NullMarked;
