/** How often things were played. */
@NullMarked
package io.downbeat.serving.counts;

import org.jspecify.annotations.NullMarked;
