@NullMarked
package io.downbeat.stream.lakehouse;

import org.jspecify.annotations.NullMarked;
