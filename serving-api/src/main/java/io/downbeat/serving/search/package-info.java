/** Search over the whole catalogue, at every keystroke, from a Lucene index on the local disk. */
@NullMarked
package io.downbeat.serving.search;

import org.jspecify.annotations.NullMarked;
