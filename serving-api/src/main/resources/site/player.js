/**
 * What is played now, before and after it. Two audio elements take turns: while one is heard, the other gets the next
 * track ready, and begins where the first one ends. Tells `change`, `time` and `trouble`.
 */
import { ask, session } from './api.js';
import { Play, send, sendLast } from './plays.js';
import { playback, Sound, warm } from './sound.js';

const MOST = 500;
const WATCH = 100;
const SAVE = 1_000;
const PREPARE = 25;
const HAND_OVER = 0.5;
const AFTERWARDS = 400;
const PLAY_TAKES = 0.05;
const PLAY_TAKES_AT_MOST = 0.25;
const RESTART = 3;
const MOST_REFUSED = 5;
const STATE = 'player';

/** Has no sound, or none for this listener. */
const isGone = ({ status }) => status === 403 || status === 404;

export class Player extends EventTarget {
  queue = [];
  before = [];
  current = null;
  suggested = null;
  waiting = false;
  volume = Number(localStorage.getItem('volume') ?? 1);
  muted = false;
  keepPlaying = localStorage.getItem('keep playing') !== 'no';
  #audios;
  #sound = null;
  #play = null;
  #prepared = null;
  #turn = 0;
  #keys = 0;
  #from = 0;
  #handOver;
  #takes = Number(localStorage.getItem('takes') ?? PLAY_TAKES);
  #asked = null;
  #leaving = null;
  #saved = 0;

  constructor(audios) {
    super();
    this.#audios = audios;
    for (const audio of audios) {
      audio.addEventListener('playing', () => this.#isHeard(audio));
      audio.addEventListener('ended', () => this.#of(audio) && this.#ended());
      for (const event of ['pause', 'waiting']) audio.addEventListener(event, () => this.#of(audio) && this.#stops(event));
      audio.addEventListener('timeupdate', () => this.#of(audio) && this.#tell('time'));
    }
    setInterval(() => this.playing && this.#watch(), WATCH);
    addEventListener('pagehide', () => this.#leave());
    this.#restore();
  }

  get playing() {
    return this.#sound !== null && !this.#sound.audio.paused;
  }

  get position() {
    return this.#sound ? Math.max(0, this.#sound.audio.currentTime - this.#sound.begin) || this.#from : this.#from;
  }

  get duration() {
    return this.#sound ? this.#sound.end - this.#sound.begin : (this.current?.track.duration_millis ?? 0) / 1_000;
  }

  /** What comes after this one. */
  get next() {
    return this.queue[0] ?? (this.keepPlaying ? this.suggested : null);
  }

  /** One track of a list, then those behind it. */
  playList(tracks, at, context) {
    this.queue = tracks.slice(at + 1, at + 1 + MOST).map(track => this.#item(track, context));
    this.#start(this.#item(tracks[at], context), 'skipped');
  }

  add(track, context) {
    if (this.queue.length < MOST) this.queue.push(this.#item(track, context));
    this.#queued();
  }

  remove(key) {
    this.queue = this.queue.filter(item => item.key !== key);
    if (this.suggested?.key === key) this.suggested = null;
    this.#queued();
  }

  /** @param way -1 is up */
  move(key, way) {
    const at = this.queue.findIndex(item => item.key === key);
    const to = at + way;
    if (at < 0 || to < 0 || to >= this.queue.length) return;
    [this.queue[at], this.queue[to]] = [this.queue[to], this.queue[at]];
    this.#queued();
  }

  jump(key) {
    const at = this.queue.findIndex(item => item.key === key);
    const [item] = this.queue.splice(0, at + 1).slice(-1);
    if (item) this.#start(item, 'skipped');
  }

  skip() {
    if (this.next) this.#advance('skipped');
  }

  previous() {
    if (this.position > RESTART || !this.before.length) return this.seek(0);
    if (this.current) this.queue.unshift(this.current);
    this.#start(this.before.pop(), 'skipped', false);
  }

  toggle() {
    if (!this.#sound) {
      if (this.current) this.#start(this.current, 'stopped', false, this.#from);
    } else if (this.playing) this.#sound.audio.pause();
    else this.#sound.audio.play().catch(() => {});
  }

  pause() {
    if (this.playing) this.toggle();
  }

  seek(seconds) {
    const to = Math.max(0, Math.min(seconds, this.duration - 0.5));
    if (!this.#sound) {
      this.#from = to;
    } else {
      this.#asked = null;
      this.#play.hear();
      this.#sound.audio.currentTime = this.#sound.begin + to;
      this.#play.moved();
    }
    this.#tell('time');
  }

  setVolume(volume) {
    this.volume = Math.max(0, Math.min(1, volume));
    this.muted = false;
    localStorage.setItem('volume', this.volume);
    this.#loudness();
  }

  mute() {
    this.muted = !this.muted;
    this.#loudness();
  }

  setKeepPlaying(keep) {
    this.keepPlaying = keep;
    localStorage.setItem('keep playing', keep ? 'yes' : 'no');
    if (keep) this.#suggest();
    this.#queued();
  }

  /** Nothing is played any more, and what was heard is on its way. */
  async stop() {
    this.#turn++;
    this.#leaving?.();
    this.#end('stopped');
    Object.assign(this, { current: null, queue: [], before: [], suggested: null });
    this.#unprepare();
    sessionStorage.removeItem(STATE);
    this.#tell('change');
    await send();
  }

  #tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  #of(audio) {
    return this.#sound?.audio === audio;
  }

  #item(track, context) {
    return { key: ++this.#keys, track, context };
  }

  #queued() {
    if (this.#prepared && this.#prepared.item !== this.next) this.#unprepare();
    const { next } = this;
    if (next && this.#sound) playback(next.track.track_id).catch(failure => isGone(failure) && this.remove(next.key));
    this.#store();
    this.#tell('change');
  }

  #end(reason) {
    clearTimeout(this.#handOver);
    this.#handOver = this.#asked = null;
    this.#play?.end(reason);
    this.#play = null;
    this.#sound?.destroy();
    this.#sound = null;
  }

  /** @param refused how many before it could not be played */
  async #start(item, reason, remember = true, from = 0, refused = 0) {
    const turn = ++this.#turn;
    this.#leaving?.();
    this.#end(reason);
    send();
    if (remember && this.current) this.before = [...this.before, this.current].slice(-MOST);
    Object.assign(this, { current: item, suggested: null, waiting: true });
    this.#from = from;
    this.#tell('change');
    try {
      if (!session()) throw new Error('Sign in to listen');
      const prepared = this.#prepared?.item === item && this.#prepared.sound;
      if (prepared) {
        this.#prepared = null;
      } else {
        this.#unprepare();
        warm(this.#audios[0]);
      }
      const sound = prepared || new Sound(this.#audios[0], item.track.track_id, await this.#answer(item, turn), from, false);
      if (turn !== this.#turn) return prepared ? prepared.destroy() : undefined;
      this.#use(sound);
      await sound.audio.play();
    } catch (failure) {
      if (turn !== this.#turn) return;
      this.waiting = false;
      this.#tell('change');
      if (failure.name === 'AbortError') return;
      this.#tell('trouble', { item, failure });
      if (isGone(failure) && refused > 0 && refused < MOST_REFUSED && this.next) this.#start(this.#take(), 'skipped', true, 0, refused + 1);
    }
  }

  /** Made only for the newest wish: there is one element for it. */
  async #answer(item, turn) {
    const answer = await playback(item.track.track_id);
    if (turn !== this.#turn) throw new DOMException('Another was wished for', 'AbortError');
    return answer;
  }

  #use(sound) {
    this.#sound = sound;
    this.#audios = [sound.audio, this.#audios.find(audio => audio !== sound.audio)];
    this.#play = new Play(sound.audio);
    sound.heard();
    sound.addEventListener('failed', () => this.#failed(sound));
    this.#loudness();
    this.#suggest();
    this.#queued();
  }

  #failed(sound) {
    if (sound !== this.#sound) return this.#unprepare();
    this.#tell('trouble', { item: this.current, failure: new Error('It cannot be decoded here') });
    if (this.next) this.#advance('failed');
    else this.#end('failed');
    this.#tell('change');
  }

  #take() {
    const item = this.next;
    if (item === this.queue[0]) this.queue.shift();
    return item;
  }

  #advance(reason) {
    this.#start(this.#take(), reason, true, 0, 1);
  }

  #isHeard(audio) {
    if (!this.#of(audio)) return;
    this.waiting = false;
    this.#play?.begin(this.current.track.track_id, this.current.context);
    this.#play?.moved();
    this.#tell('change');
  }

  #stops(event) {
    this.#play?.hear();
    this.#play?.save();
    if (event === 'waiting') this.waiting = true;
    this.#store();
    this.#tell('change');
  }

  #ended() {
    if (this.next) return this.#handOver ? this.#changeOver() : this.#advance('completed');
    this.#from = 0;
    this.#end('completed');
    send();
    this.#tell('change');
  }

  #watch() {
    const sound = this.#sound;
    this.#play.hear();
    if (performance.now() - this.#saved > SAVE) {
      this.#saved = performance.now();
      this.#play.save();
      this.#store();
    }
    this.#learn(sound);
    const left = sound.end - sound.audio.currentTime;
    if (left < PREPARE) this.#prepare();
    const ready = this.#prepared?.sound?.audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    if (left < HAND_OVER && ready && !this.#handOver) {
      this.#handOver = setTimeout(() => this.#changeOver(), 1_000 * Math.max(0, left - this.#takes));
    }
  }

  /** How long it takes from play() to the first sound is the machine's own; the next change is earlier by it. */
  #learn({ audio, begin }) {
    const heard = audio.currentTime - begin;
    if (!this.#asked || heard < HAND_OVER) return;
    const takes = (performance.now() - this.#asked) / 1_000 - heard;
    this.#asked = null;
    if (takes < 0 || takes > PLAY_TAKES_AT_MOST) return;
    this.#takes = takes;
    localStorage.setItem('takes', takes);
  }

  /** Loads the first bytes of the next one on the element that is free. */
  async #prepare() {
    const item = this.next;
    if (!item || this.#prepared || this.#leaving) return;
    const prepared = (this.#prepared = { item, sound: null });
    try {
      const answer = await playback(item.track.track_id);
      if (this.#prepared === prepared) prepared.sound = new Sound(this.#audios[1], item.track.track_id, answer, 0, true);
    } catch {
      // It is tried again, and what is wrong with it is said, when it is its turn.
    }
  }

  #unprepare() {
    this.#prepared?.sound?.destroy();
    this.#prepared = null;
  }

  /** From the end of one sound to the beginning of the next, of which the first bytes are decoded already. */
  #changeOver() {
    const { audio, end } = this.#sound;
    clearTimeout(this.#handOver);
    this.#handOver = null;
    const sought = !audio.ended && end - audio.currentTime > HAND_OVER;
    if (sought || (audio.paused && !audio.ended) || !this.#prepared?.sound) return;
    const old = this.#sound;
    const { sound } = this.#prepared;
    this.#prepared = null;
    this.#turn++;
    sound.audio.volume = this.#volumeOf(sound);
    this.#asked = performance.now();
    sound.audio.play().catch(() => {});
    const play = this.#play;
    this.#leaving = () => {
      this.#leaving = null;
      play.end('completed');
      old.destroy();
      send();
    };
    setTimeout(() => this.#leaving?.(), AFTERWARDS);
    this.before = [...this.before, this.current].slice(-MOST);
    this.current = this.#take();
    this.suggested = null;
    this.#from = 0;
    this.#use(sound);
  }

  async #suggest() {
    const { current } = this;
    const id = this.#sound?.nextTrackId;
    if (!id || !this.keepPlaying) return;
    const track = await ask(`/v1/tracks/${id}`).catch(() => null);
    if (!track || this.current !== current) return;
    this.suggested = this.#item(track, { type: 'radio', id: current.track.track_id });
    this.#queued();
  }

  #volumeOf(sound) {
    return this.muted ? 0 : Math.min(1, this.volume * sound.gain);
  }

  #loudness() {
    if (this.#sound) this.#sound.audio.volume = this.#volumeOf(this.#sound);
    this.#tell('change');
  }

  /** A reload keeps the queue; what was heard until then is one play. */
  #leave() {
    this.#store();
    this.#leaving?.();
    this.#play?.end('stopped');
    sendLast();
  }

  #store() {
    const { current, queue, before } = this;
    if (current) sessionStorage.setItem(STATE, JSON.stringify({ current, queue, before: before.slice(-20), from: this.position }));
  }

  #restore() {
    const state = session() && JSON.parse(sessionStorage.getItem(STATE));
    if (!state) return;
    const again = ({ track, context }) => this.#item(track, context);
    this.current = again(state.current);
    this.queue = state.queue.map(again);
    this.before = state.before.map(again);
    this.#from = state.from;
  }
}
