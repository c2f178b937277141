/** The keys with which anyone may check access tokens. */
@NullMarked
package io.downbeat.serving.tokens;

import org.jspecify.annotations.NullMarked;
