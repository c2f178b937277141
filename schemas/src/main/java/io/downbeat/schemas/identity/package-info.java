@NullMarked
package io.downbeat.schemas.identity;

import org.jspecify.annotations.NullMarked;
