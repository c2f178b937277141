package io.downbeat.local.run.music;

import java.util.SplittableRandom;

/** What plays a note. */
enum Voice {
  PAD(-.3, .5, .5, .6) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz * .9985, loudness / 2, SOFT, 1.2, 1.5, 0);
      wave(out, from, length, hertz * 1.0015, loudness / 2, SOFT, 1.2, 1.5, 0);
    }
  },
  STRINGS(.25, .3, .4, .55) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz * .998, loudness / 2, SAW, .06, .25, .003);
      wave(out, from, length, hertz * 1.002, loudness / 2, SAW, .06, .25, .003);
    }
  },
  ORGAN(-.2, .2, .25, .6) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz, loudness, DRAWBARS, .008, .06, .002);
    }
  },
  LEAD(.1, .35, .25, .5) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz, loudness, SQUARE, .012, .12, .004);
    }
  },
  FLUTE(.15, .3, .4, .8) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz, loudness, BREATH, .05, .12, .006);
    }
  },
  BASS(0, 0, .05, .9) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      wave(out, from, length, hertz, loudness, ROUND, .006, .05, 0);
    }
  },
  BELL(.35, .45, .4, .45) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      double carrier = 0;
      double modulator = 0;
      int end = end(out, from, 2 * Sound.RATE);
      for (int i = from; i < end; i++) {
        double fade = Math.exp(-3.0 * (i - from) / Sound.RATE);
        carrier += hertz / Sound.RATE;
        modulator += 3.5 * hertz / Sound.RATE;
        out[i] += (float) (loudness * fade * SINE.at(carrier + .35 * fade * SINE.at(modulator)));
      }
    }
  },

  /** A plucked string, after Karplus and Strong (Computer Music Journal 7(2), 1983). */
  PLUCK(-.35, .25, .3, .8) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      float[] string = new float[Math.max(2, (int) Math.round(Sound.RATE / hertz))];
      SplittableRandom noise = new SplittableRandom(string.length);
      for (int i = 0; i < string.length; i++) {
        string[i] = (float) (noise.nextDouble() * 2 - 1);
      }
      int end = end(out, from, (int) (1.8 * Sound.RATE));
      int at = 0;
      for (int i = from; i < end; i++) {
        int next = at + 1 == string.length ? 0 : at + 1;
        float now = string[at];
        string[at] = .4975f * (now + string[next]);
        out[i] += (float) loudness * now;
        at = next;
      }
    }
  },
  KICK(0, 0, .04, 1) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      double phase = 0;
      int end = end(out, from, Sound.RATE / 3);
      for (int i = from; i < end; i++) {
        double seconds = (i - from) / (double) Sound.RATE;
        phase += (46 + 110 * Math.exp(-35 * seconds)) / Sound.RATE;
        out[i] += (float) (loudness * Math.exp(-11 * seconds) * SINE.at(phase));
      }
    }
  },
  SNARE(.05, .1, .2, .5) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      SplittableRandom noise = new SplittableRandom(from);
      int end = end(out, from, Sound.RATE / 4);
      for (int i = from; i < end; i++) {
        double seconds = (i - from) / (double) Sound.RATE;
        double rattle = (noise.nextDouble() * 2 - 1) * Math.exp(-20 * seconds);
        double body = SINE.at(188 * seconds) * Math.exp(-28 * seconds);
        out[i] += (float) (loudness * (.6 * rattle + .5 * body));
      }
    }
  },
  HAT(.3, 0, .06, .3) {
    @Override
    void play(float[] out, int from, int length, double hertz, double loudness) {
      SplittableRandom noise = new SplittableRandom(from);
      double before = 0;
      int end = end(out, from, Sound.RATE / 16);
      for (int i = from; i < end; i++) {
        double now = noise.nextDouble() * 2 - 1;
        double seconds = (i - from) / (double) Sound.RATE;
        out[i] += (float) (loudness * .5 * (now - before) * Math.exp(-70 * seconds));
        before = now;
      }
    }
  };

  private static final Wave SINE = new Wave(1);
  private static final Wave SOFT = new Wave(1, .45, .22, .1, .05);
  private static final Wave SAW = new Wave(1, .5, .33, .25, .2, .16, .14, .12);
  private static final Wave SQUARE = new Wave(1, 0, .33, 0, .2, 0, .14);
  private static final Wave DRAWBARS = new Wave(1, .8, .5, .3, 0, .25, 0, .2);
  private static final Wave BREATH = new Wave(1, .12, .06, .02);
  private static final Wave ROUND = new Wave(1, .5, .2, .08, .04);

  /** From -1, left, to 1, right. */
  final double place;

  /** How much of it goes to the echo. */
  final double echo;

  /** How much of it goes to the room. */
  final double room;

  /** In the mix. */
  final double level;

  Voice(double place, double echo, double room, double level) {
    this.place = place;
    this.echo = echo;
    this.room = room;
    this.level = level;
  }

  /**
   * Adds a note.
   *
   * @param from and for how many samples; it may sound for longer
   */
  abstract void play(float[] out, int from, int length, double hertz, double loudness);

  /**
   * @param attack seconds until it is at its loudest
   * @param release seconds until it is silent again, after its length
   * @param vibrato depth, as a part of the pitch
   */
  private static void wave(
      float[] out,
      int from,
      int length,
      double hertz,
      double loudness,
      Wave wave,
      double attack,
      double release,
      double vibrato) {
    int end = end(out, from, length + (int) (release * Sound.RATE));
    double phase = 0;
    for (int i = from; i < end; i++) {
      double seconds = (i - from) / (double) Sound.RATE;
      double left = (from + length - i) / (double) Sound.RATE;
      double rise = Math.min(1, seconds / attack);
      double fall = left > 0 ? 1 : Math.max(0, 1 + left / release);
      phase += hertz * (1 + vibrato * SINE.at(5.2 * seconds)) / Sound.RATE;
      out[i] += (float) (loudness * rise * fall * fall * wave.at(phase));
    }
  }

  private static int end(float[] out, int from, int length) {
    return Math.min(out.length, from + length);
  }
}
