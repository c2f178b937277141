/** What counting a play costs: the job that ships, beside the plainest loop and Kafka Streams. */
@NullMarked
package io.downbeat.bench.counting;

import org.jspecify.annotations.NullMarked;
