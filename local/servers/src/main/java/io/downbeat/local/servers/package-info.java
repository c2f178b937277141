/**
 * The real servers of a local platform: Kafka, Cassandra, the schema registry and the lake's
 * catalog, each a child JVM on a classpath of its own.
 */
@NullMarked
package io.downbeat.local.servers;

import org.jspecify.annotations.NullMarked;
