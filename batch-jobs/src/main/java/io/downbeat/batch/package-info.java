/** Jobs that compute what needs history, one run each. */
@NullMarked
package io.downbeat.batch;

import org.jspecify.annotations.NullMarked;
