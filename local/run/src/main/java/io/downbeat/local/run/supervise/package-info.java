/**
 * Keeps processes running: in order, with back-off, and without one left behind. Knows nothing of
 * what they are.
 */
@NullMarked
package io.downbeat.local.run.supervise;

import org.jspecify.annotations.NullMarked;
