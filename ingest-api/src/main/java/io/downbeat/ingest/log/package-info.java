/** Writing to the log. */
@NullMarked
package io.downbeat.ingest.log;

import org.jspecify.annotations.NullMarked;
