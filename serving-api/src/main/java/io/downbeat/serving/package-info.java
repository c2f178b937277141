/** Answers every read. */
@NullMarked
package io.downbeat.serving;

import org.jspecify.annotations.NullMarked;
