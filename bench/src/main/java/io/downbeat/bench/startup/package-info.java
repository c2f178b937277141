/** From a click to sound in a browser, beside a plain player on nginx. */
@NullMarked
package io.downbeat.bench.startup;

import org.jspecify.annotations.NullMarked;
