/** Pieces of music that a program composes and plays: the demo's, free of anyone's licence. */
@org.jspecify.annotations.NullMarked
package io.downbeat.local.run.music;
