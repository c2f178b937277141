/** The catalogue, as the log holds it. */
@NullMarked
package io.downbeat.batch.catalog;

import org.jspecify.annotations.NullMarked;
