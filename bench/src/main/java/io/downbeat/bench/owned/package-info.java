/** What owned state costs over HTTP, beside the same statements in a plain loop. */
@NullMarked
package io.downbeat.bench.owned;

import org.jspecify.annotations.NullMarked;
