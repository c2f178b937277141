@NullMarked
package io.downbeat.schemas.rules;

import org.jspecify.annotations.NullMarked;
