@NullMarked
package io.downbeat.stream.dedup;

import org.jspecify.annotations.NullMarked;
