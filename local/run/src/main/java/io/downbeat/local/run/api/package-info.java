/** The write side of the public HTTP API, as every command here uses it. */
@NullMarked
package io.downbeat.local.run.api;

import org.jspecify.annotations.NullMarked;
