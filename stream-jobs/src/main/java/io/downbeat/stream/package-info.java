@NullMarked
package io.downbeat.stream;

import org.jspecify.annotations.NullMarked;
