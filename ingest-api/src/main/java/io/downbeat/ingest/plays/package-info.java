/** Plays, one or a batch, into the log. */
@NullMarked
package io.downbeat.ingest.plays;

import org.jspecify.annotations.NullMarked;
