@NullMarked
package io.downbeat.schemas.topics;

import org.jspecify.annotations.NullMarked;
