/** What running servers need before an app starts: topics, registered schemas, tables. */
@NullMarked
package io.downbeat.local.servers.setup;

import org.jspecify.annotations.NullMarked;
