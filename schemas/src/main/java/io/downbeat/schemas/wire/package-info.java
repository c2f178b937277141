@NullMarked
package io.downbeat.schemas.wire;

import org.jspecify.annotations.NullMarked;
