/**
 * The sound of a track on an audio element. What the playback answer brings along (playlists and first bytes) is not
 * asked for again, so that sound is there one round trip after it; the rest comes from signed URLs, which are renewed.
 */
import { as } from './api.js';

const HLS = 'application/vnd.apple.mpegurl';
const RENEW_BEFORE = 60_000;
const MOST_KEPT = 12;
const AHEAD = 60;
const AHEAD_WHILE_WAITING = 8;
const RETRY = 3_000;

const SHORTEST = 2 * RENEW_BEFORE;
const LONGEST = 10 * RENEW_BEFORE;

const answers = new Map();

/** `took` how many milliseconds; `until` is by the time since the page was loaded: this machine's clock may be wrong. */
async function ask(trackId) {
  const asked = performance.now();
  const answer = await as(`/v1/tracks/${trackId}/playback`);
  const left = Date.parse(answer.expires_at) - Date.now();
  return { ...answer, took: performance.now() - asked, until: performance.now() + Math.min(LONGEST, Math.max(SHORTEST, left)) };
}

/** Where and how a track is heard. Asked ahead of need it is there at a click. */
export async function playback(trackId) {
  const known = await answers.get(trackId)?.catch(() => null);
  if (known && known.until - performance.now() > RENEW_BEFORE) return known;
  return renewed(trackId);
}

function renewed(trackId) {
  const asked = ask(trackId);
  answers.delete(trackId);
  answers.set(trackId, asked);
  asked.catch(() => answers.delete(trackId));
  while (answers.size > MOST_KEPT) answers.delete(answers.keys().next().value);
  return asked;
}

export const forget = () => answers.clear();

const bytesOf = base64 => Uint8Array.from(atob(base64), char => char.charCodeAt(0));

/** How many of the priming samples a player leaves out by itself: `media_time` of the header's edit list. */
function edited(header) {
  const at = new TextDecoder('latin1').decode(header.subarray(0, 4_096)).indexOf('elst');
  if (at < 0) return 0;
  const view = new DataView(header.buffer, at + 4);
  return Math.max(0, view.getUint8(0) ? Number(view.getBigInt64(16)) : view.getInt32(12));
}

const warmed = new WeakMap();

/** Opens an element for sound that is still asked for: a browser takes as long for it as a near answer does. */
export function warm(audio) {
  if (!globalThis.Hls?.isSupported() || warmed.has(audio)) return;
  const hls = new Hls({ enableWorker: false, startLevel: 0, backBufferLength: Infinity });
  hls.attachMedia(audio);
  warmed.set(audio, hls);
}

export class Sound extends EventTarget {
  #hls;
  #answer;
  #kept;
  #timer;
  #retry;
  #recovered = 0;

  /**
   * @param from seconds
   * @param ahead whether another sound is still heard, so that little of this one is enough for now
   */
  constructor(audio, trackId, answer, from, ahead) {
    super();
    Object.assign(this, { audio, trackId });
    this.#take(answer);
    const { rate, priming, count } = answer.samples;
    const start = bytesOf(answer.start.bytes);
    this.begin = Math.max(0, priming - edited(start)) / rate;
    this.end = this.begin + count / rate;
    this.took = answer.took;
    this.gain = Math.min(1, 10 ** (answer.gain_db / 20));
    this.#kept = new Map([
      [this.#file(answer.hls), answer.start.master],
      [this.#file(answer.start.file).replace(/[^/]*$/, 'index.m3u8'), answer.start.playlist],
      [this.#file(answer.start.file), start.buffer],
    ]);
    if (globalThis.Hls?.isSupported()) this.#stream(from, ahead);
    else if (audio.canPlayType(HLS)) audio.src = answer.hls;
    else audio.src = answer.progressive;
  }

  get nextTrackId() {
    return this.#answer.next_track_id;
  }

  /** Now that it is heard, more of it may be there. */
  heard() {
    if (this.#hls) this.#hls.config.maxBufferLength = AHEAD;
  }

  destroy() {
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    removeEventListener('online', this.#goOn);
    this.#hls?.destroy();
    this.audio.pause();
    this.audio.removeAttribute('src');
    this.audio.load();
  }

  #stream(from, ahead) {
    warm(this.audio);
    this.#hls = warmed.get(this.audio);
    warmed.delete(this.audio);
    Object.assign(this.#hls.config, {
      loader: loaderOf(this),
      startPosition: this.begin + from,
      maxBufferLength: ahead ? AHEAD_WHILE_WAITING : AHEAD,
    });
    this.#hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => fatal && this.#recover(type, details));
    addEventListener('online', this.#goOn);
    this.#hls.loadSource(this.#answer.hls);
  }

  #goOn = () => this.#hls.startLoad();

  /** A lost network comes back some time; what cannot be decoded may be decoded at the second try. */
  #recover(type, details) {
    if (type === Hls.ErrorTypes.NETWORK_ERROR && details !== 'manifestParsingError') {
      this.#retry = setTimeout(this.#goOn, RETRY);
    } else if (type === Hls.ErrorTypes.MEDIA_ERROR && this.#recovered++ < 1) {
      this.#hls.recoverMediaError();
    } else {
      this.dispatchEvent(new Event('failed'));
    }
  }

  #take(answer) {
    this.#answer = answer;
    clearTimeout(this.#timer);
    const left = answer.until - performance.now() - RENEW_BEFORE;
    this.#timer = setTimeout(() => this.renew().catch(() => {}), Math.max(RETRY, left));
  }

  /** The same files in a folder that is signed anew. */
  async renew() {
    const answer = await renewed(this.trackId);
    if (answer.content !== this.#answer.content) throw new Error('The track has another sound now');
    this.#take(answer);
  }

  /** Path of a file within the sound's folder, whoever signed that. */
  #file(url) {
    const mark = `/${this.#answer.content}/`;
    const { pathname } = new URL(url, location.href);
    return pathname.slice(pathname.indexOf(mark) + mark.length);
  }

  /** The same file where it may be read now. */
  current(url) {
    return new URL(this.#file(url), new URL(this.#answer.hls, location.href)).href;
  }

  /** What is here already of what the loader wants; undefined where it isn't. */
  here({ url, rangeStart, rangeEnd }) {
    const kept = this.#kept.get(this.#file(url));
    if (!(kept instanceof ArrayBuffer)) return kept ?? undefined;
    return rangeEnd && rangeEnd <= kept.byteLength ? kept.slice(rangeStart, rangeEnd) : undefined;
  }
}

/** The loader of hls.js, which looks at what is here first, and where its URL doesn't count any more takes the new one. */
const loaderOf = sound =>
  class extends Hls.DefaultConfig.loader {
    #renewed = false;

    async load(context, config, callbacks) {
      const data = sound.here(context);
      if (data === undefined) {
        this.#fetch(context, config, callbacks);
        return;
      }
      const { stats } = this;
      const now = performance.now();
      const start = now - (data instanceof ArrayBuffer ? sound.took : 0); // What it took to come tells how fast the network is.
      Object.assign(stats.loading, { start, first: start, end: now });
      stats.loaded = stats.total = data.byteLength ?? data.length;
      this.context = context;
      await null;
      if (!stats.aborted) callbacks.onSuccess({ url: context.url, data, code: 200 }, stats, context, null);
    }

    #fetch(context, config, callbacks) {
      context.url = sound.current(context.url);
      super.load(context, config, {
        ...callbacks,
        onError: async (error, ...rest) => {
          if (error.code !== 403 || this.#renewed) return callbacks.onError(error, ...rest);
          this.#renewed = true;
          await sound.renew().catch(() => {});
          if (!this.callbacks) return; // Nobody waits for it any more.
          this.stats.loading.start = 0;
          this.#fetch(context, config, callbacks);
        },
      });
    }

    abort() {
      this.stats.aborted = true;
      super.abort();
    }
  };
