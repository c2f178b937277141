/** What sending sound costs, beside nginx. */
@NullMarked
package io.downbeat.bench.delivery;

import org.jspecify.annotations.NullMarked;
