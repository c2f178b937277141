/** State that people change and expect to find changed: one conditional write to one partition. */
@NullMarked
package io.downbeat.ingest.owned;

import org.jspecify.annotations.NullMarked;
