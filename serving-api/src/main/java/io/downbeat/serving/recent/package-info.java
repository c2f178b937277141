/** What a listener played last. */
@NullMarked
package io.downbeat.serving.recent;

import org.jspecify.annotations.NullMarked;
