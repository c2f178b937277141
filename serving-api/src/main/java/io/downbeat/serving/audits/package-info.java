/** How the served totals last compared with the lake. */
@NullMarked
package io.downbeat.serving.audits;

import org.jspecify.annotations.NullMarked;
