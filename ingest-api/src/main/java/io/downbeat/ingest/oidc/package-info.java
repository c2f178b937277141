/** Signing in at an OpenID Connect provider: what its tokens say, and by which keys. */
@NullMarked
package io.downbeat.ingest.oidc;

import org.jspecify.annotations.NullMarked;
