/** How views are read from Cassandra. */
@NullMarked
package io.downbeat.serving.store;

import org.jspecify.annotations.NullMarked;
