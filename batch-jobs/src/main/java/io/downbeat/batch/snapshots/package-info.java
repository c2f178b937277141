/** Owned state in the lake, without what is personal. */
@NullMarked
package io.downbeat.batch.snapshots;

import org.jspecify.annotations.NullMarked;
