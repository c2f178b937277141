/** Sound, handed out by signed, expiring URLs. */
@org.jspecify.annotations.NullMarked
package io.downbeat.serving.sound;
