/** What listeners may like. */
@NullMarked
package io.downbeat.serving.recommendations;

import org.jspecify.annotations.NullMarked;
