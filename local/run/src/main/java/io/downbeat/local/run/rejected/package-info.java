/** What the stream could not use: looked at, mended and put back into the log. */
@NullMarked
package io.downbeat.local.run.rejected;

import org.jspecify.annotations.NullMarked;
