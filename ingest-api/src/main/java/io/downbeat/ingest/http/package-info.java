/** What every route shares: who may call, bodies that come in, problems that go out. */
@NullMarked
package io.downbeat.ingest.http;

import org.jspecify.annotations.NullMarked;
