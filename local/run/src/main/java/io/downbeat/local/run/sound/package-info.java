/**
 * From files of music to sound that can be handed out: in three qualities, cut for HLS and DASH.
 */
@org.jspecify.annotations.NullMarked
package io.downbeat.local.run.sound;
