/** What each listener may like, from what all listeners have played. */
@NullMarked
package io.downbeat.batch.recommendations;

import org.jspecify.annotations.NullMarked;
