@NullMarked
package io.downbeat.bench;

import org.jspecify.annotations.NullMarked;
