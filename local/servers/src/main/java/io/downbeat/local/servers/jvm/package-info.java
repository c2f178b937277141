/** Child JVMs: started, watched, stopped, and never left behind. */
@NullMarked
package io.downbeat.local.servers.jvm;

import org.jspecify.annotations.NullMarked;
