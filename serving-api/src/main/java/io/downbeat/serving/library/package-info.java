/** What a listener likes, follows and hides. */
@NullMarked
package io.downbeat.serving.library;

import org.jspecify.annotations.NullMarked;
