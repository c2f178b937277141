/** The HTTP server and the shape of its answers. */
@NullMarked
package io.downbeat.serving.http;

import org.jspecify.annotations.NullMarked;
