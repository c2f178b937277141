/** Real servers for tests, through JUnit. */
@NullMarked
package io.downbeat.local.servers.junit;

import org.jspecify.annotations.NullMarked;
