/** What a listener likes, follows and hides: topic and table of changes that count at once. */
@NullMarked
package io.downbeat.ingest.library;

import org.jspecify.annotations.NullMarked;
