/** The {@code ./downbeat} command. */
@NullMarked
package io.downbeat.local.run;

import org.jspecify.annotations.NullMarked;
