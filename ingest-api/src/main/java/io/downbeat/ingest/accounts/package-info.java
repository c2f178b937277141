/** Accounts: signing up and in, devices, plans, and what ends them. */
@NullMarked
package io.downbeat.ingest.accounts;

import org.jspecify.annotations.NullMarked;
