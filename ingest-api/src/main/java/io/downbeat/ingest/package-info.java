/** Takes in every change: validates, writes to the log, answers after its acknowledgement. */
@NullMarked
package io.downbeat.ingest;

import org.jspecify.annotations.NullMarked;
