/** JSON from strangers: bounded, strict, and refused by field, value and rule. */
@NullMarked
package io.downbeat.ingest.json;

import org.jspecify.annotations.NullMarked;
