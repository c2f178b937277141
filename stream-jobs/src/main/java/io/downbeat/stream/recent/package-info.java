/** What each listener played last. */
@NullMarked
package io.downbeat.stream.recent;

import org.jspecify.annotations.NullMarked;
