/** Artists, albums and tracks, read from this process's own copy of the catalogue topics. */
@NullMarked
package io.downbeat.serving.catalog;

import org.jspecify.annotations.NullMarked;
