@NullMarked
package io.downbeat.schemas;

import org.jspecify.annotations.NullMarked;
