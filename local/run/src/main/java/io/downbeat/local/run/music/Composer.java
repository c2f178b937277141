package io.downbeat.local.run.music;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes a piece in a style: an introduction, a part, another, the first again with its melody
 * changed, and an end. The same style and number give the same piece.
 */
final class Composer {
  private static final int BEATS = 4;
  private static final int STEPS = 16;
  private static final int MIDDLE = 60;

  private final Style style;
  private final SplittableRandom random;
  private final int root;
  private final List<Note> notes = new ArrayList<>();

  Composer(Style style, long number) {
    this.style = style;
    this.random = new SplittableRandom(number);
    this.root = MIDDLE - 7 + random.nextInt(12);
  }

  /** In beats a minute. */
  double tempo() {
    return style.slowest() + random.nextInt(style.fastest() - style.slowest() + 1);
  }

  List<Note> write() {
    int first = random.nextInt(style.changes().length);
    int[] changes = style.changes()[first];
    int[] others = style.changes()[(first + 1) % style.changes().length];
    double[][] motif = motif();
    double[][] answer = motif();
    int bar = 0;
    bar = part(bar, 4, changes, null, false);
    bar = part(bar, 8, changes, motif, true);
    bar = part(bar, 8, others, answer, true);
    bar = part(bar, 8, changes, varied(motif), true);
    part(bar, 2, new int[] {0}, null, false);
    return notes;
  }

  private int part(int bar, int bars, int[] changes, double @Nullable [][] motif, boolean drums) {
    for (int i = 0; i < bars; i++) {
      int degree = changes[i % changes.length];
      double beat = BEATS * (double) (bar + i);
      chords(beat, degree);
      pattern(style.bassline(), beat, style.bass(), pitch(degree) - 24, .8);
      if (drums || bars == 4 && i >= 2) {
        pattern(style.kick(), beat, Voice.KICK, 0, 1);
        pattern(style.snare(), beat, Voice.SNARE, 0, .8);
        pattern(style.hat(), beat, Voice.HAT, 0, .5);
      }
      if (motif != null && i % 4 != 3) {
        melody(motif, beat, degree);
      }
    }
    return bar + bars;
  }

  private void chords(double beat, int degree) {
    for (int tone = 0; tone < style.tones(); tone++) {
      int pitch = pitch(degree + 2 * tone);
      // Close to the middle, wherever the root is: voices move little from chord to chord.
      int near = pitch > root + 11 ? pitch - 12 : pitch;
      pattern(style.strum(), beat, style.chords(), near, .5);
    }
  }

  private void melody(double[][] motif, double beat, int degree) {
    for (double[] each : motif) {
      notes.add(
          new Note(
              style.melody(),
              beat + swung(each[0]),
              each[1],
              pitch(degree + (int) each[2]) + 12,
              .6 + .2 * random.nextDouble()));
    }
  }

  /** Notes of a bar: when, how long, and how many steps of the scale above the chord's root. */
  private double[][] motif() {
    List<double[]> bar = new ArrayList<>();
    int step = 2 * random.nextInt(3);
    for (double beat = 0; beat < BEATS; ) {
      double beats = random.nextInt(3) == 0 ? 1 : random.nextInt(4) == 0 ? 1.5 : .5;
      boolean strong = beat == Math.floor(beat);
      if (strong || random.nextInt(4) > 0) {
        bar.add(
            new double[] {beat, Math.min(beats, BEATS - beat), strong ? step - step % 2 : step});
      }
      step = Math.max(-2, Math.min(8, step + random.nextInt(5) - 2));
      beat += beats;
    }
    return bar.toArray(double[][]::new);
  }

  private double[][] varied(double[][] motif) {
    double[][] other = motif.clone();
    int place = random.nextInt(other.length);
    other[place] = new double[] {motif[place][0], motif[place][1], motif[place][2] + 2};
    return other;
  }

  /** A note at each mark, held until the next. */
  private void pattern(String marks, double beat, Voice voice, int pitch, double loudness) {
    for (int step = marks.indexOf('x'); step >= 0; ) {
      int next = marks.indexOf('x', step + 1);
      double start = step * BEATS / (double) STEPS;
      double beats = ((next < 0 ? STEPS : next) - step) * BEATS / (double) STEPS;
      notes.add(
          new Note(
              voice,
              beat + swung(start),
              beats,
              pitch,
              loudness * (.85 + .15 * random.nextDouble())));
      step = next;
    }
  }

  private double swung(double beat) {
    boolean late = Math.floor(2 * beat) % 2 == 1;
    return late ? beat + style.swing() / 2 : beat;
  }

  private int pitch(int degree) {
    int octave = Math.floorDiv(degree, style.scale().length);
    return root + 12 * octave + style.scale()[Math.floorMod(degree, style.scale().length)];
  }
}
