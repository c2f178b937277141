/** Artists, albums and tracks, a stream of lines, into the log. */
@NullMarked
package io.downbeat.ingest.catalog;

import org.jspecify.annotations.NullMarked;
