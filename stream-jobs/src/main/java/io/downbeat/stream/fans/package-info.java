/** How many listeners like and follow things. */
@NullMarked
package io.downbeat.stream.fans;

import org.jspecify.annotations.NullMarked;
