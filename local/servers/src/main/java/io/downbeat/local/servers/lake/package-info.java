/** The lake's catalog, served over Iceberg's REST protocol. */
@NullMarked
package io.downbeat.local.servers.lake;

import org.jspecify.annotations.NullMarked;
