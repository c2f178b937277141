/** What Downbeat consists of on one machine: parts, ports, heaps, files. */
@NullMarked
package io.downbeat.local.run.platform;

import org.jspecify.annotations.NullMarked;
