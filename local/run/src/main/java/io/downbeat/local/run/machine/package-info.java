/** What the machine has and who holds it: memory, disk, ports. */
@NullMarked
package io.downbeat.local.run.machine;

import org.jspecify.annotations.NullMarked;
