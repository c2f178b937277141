/**
 * Import of real input through the public HTTP API: a file's rows become the same JSON that any
 * producer would send.
 *
 * <p>The data's way: {@code Input} (bytes) → {@link io.downbeat.local.run.imports.Formats} (header
 * → rows → JSON with line numbers) → {@code Importer} (batches, resume, refused rows) → {@code
 * ApiClient} (POST with retries).
 */
@NullMarked
package io.downbeat.local.run.imports;

import org.jspecify.annotations.NullMarked;
