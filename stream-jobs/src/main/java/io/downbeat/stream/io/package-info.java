@NullMarked
package io.downbeat.stream.io;

import org.jspecify.annotations.NullMarked;
