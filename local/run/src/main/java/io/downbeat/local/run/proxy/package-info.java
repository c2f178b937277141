/** The one origin of the API on one machine. */
@NullMarked
package io.downbeat.local.run.proxy;

import org.jspecify.annotations.NullMarked;
