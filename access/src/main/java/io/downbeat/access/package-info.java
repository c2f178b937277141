/** Who an access token speaks for: its signature, and what became of its account since. */
@NullMarked
package io.downbeat.access;

import org.jspecify.annotations.NullMarked;
