/** A listener's account: its plan and its devices. */
@NullMarked
package io.downbeat.serving.accounts;

import org.jspecify.annotations.NullMarked;
