/**
 * Listeners who do not exist, with a catalogue of their own: what the demo and load tests play.
 *
 * <p>{@link io.downbeat.local.run.simulate.Simulation} is the library: values only, no I/O, the
 * same from the same seed. {@code Demo} and {@code SimulateCommand} send what it plays through the
 * public API.
 */
@NullMarked
package io.downbeat.local.run.simulate;

import org.jspecify.annotations.NullMarked;
