@NullMarked
package io.downbeat.stream.counts;

import org.jspecify.annotations.NullMarked;
