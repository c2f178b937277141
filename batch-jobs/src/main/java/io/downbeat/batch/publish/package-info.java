/** Cassandra, there and back: models written under a version of their own, tables read whole. */
@NullMarked
package io.downbeat.batch.publish;

import org.jspecify.annotations.NullMarked;
