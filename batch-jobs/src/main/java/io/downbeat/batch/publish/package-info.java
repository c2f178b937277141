/** Models in Cassandra: written under a version of their own, then pointed at. */
@NullMarked
package io.downbeat.batch.publish;

import org.jspecify.annotations.NullMarked;
