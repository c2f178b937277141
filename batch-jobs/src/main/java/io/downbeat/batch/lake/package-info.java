/** Spark, and the lake that it reads. */
@NullMarked
package io.downbeat.batch.lake;

import org.jspecify.annotations.NullMarked;
