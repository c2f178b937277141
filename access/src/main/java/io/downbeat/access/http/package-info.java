/** Who comes in by HTTP, and how often: what every request passes before its route. */
@NullMarked
package io.downbeat.access.http;

import org.jspecify.annotations.NullMarked;
