/** Whether what is served is what the lake adds up to. */
@NullMarked
package io.downbeat.batch.audit;

import org.jspecify.annotations.NullMarked;
