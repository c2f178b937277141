/**
 * A catalogue that never was, as large as wanted, with names shaped like those of a real one: as
 * long, as often in brackets, and of a vocabulary that grows as it grows.
 */
@NullMarked
package io.downbeat.bench.search.corpus;

import org.jspecify.annotations.NullMarked;
