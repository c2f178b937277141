package io.downbeat.local.run.music;

/**
 * @param beat at which it begins, from the piece's first
 * @param beats that it is held
 * @param pitch as MIDI numbers it: 69 is 440 Hz; a drum's says nothing
 * @param loudness from 0 to 1
 */
record Note(Voice voice, double beat, double beats, int pitch, double loudness) {}
