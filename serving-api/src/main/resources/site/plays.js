/**
 * What was heard, and the way of it to Downbeat. A play has its number (`device_seq`) and lies in this browser's storage
 * from its first sound on, so that it outlives a reload, a crash and a lost network; it goes when Downbeat has it. Sent
 * twice under its number, it counts once. Windows take turns.
 */
import { as, onSession, session } from './api.js';

const CLIENT = 'downbeat-web/1';
const BATCH = 100;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
const window_ = crypto.randomUUID();

navigator.locks.request(`window ${window_}`, () => new Promise(() => {})); // Held until this window is gone.

const key = ({ device_id, device_seq }) => `play ${device_id} ${device_seq}`;
const write = entry => localStorage.setItem(key(entry.play), JSON.stringify(entry));

const kept = () =>
  Object.keys(localStorage)
    .filter(name => name.startsWith('play '))
    .map(name => JSON.parse(localStorage.getItem(name)))
    .sort((one, other) => one.play.device_seq - other.play.device_seq);

/** A counter that was never there starts with the time, not with 0: an earlier one of this device may have been lost. */
const nextNumber = device =>
  navigator.locks.request('numbers', () => {
    const name = `next play of ${device}`;
    const number = Number(localStorage.getItem(name) ?? Date.now());
    localStorage.setItem(name, number + 1);
    return number;
  });

/** One track as it is heard: time counts while the sound moves, not where it is moved to. */
export class Play {
  #audio;
  #at;
  #clock;
  #heard = 0;
  #entry = null;
  #begun = false;
  #over = false;

  constructor(audio) {
    this.#audio = audio;
    this.#mark();
  }

  /** With the first sound; after that it does nothing. */
  async begin(trackId, context) {
    if (this.#begun) return;
    this.#begun = true;
    const { user_id, device_id } = session();
    const started_at = new Date().toISOString();
    const device_seq = await nextNumber(device_id);
    if (this.#over) return;
    const play = { user_id, device_id, device_seq, track_id: trackId, started_at, played_millis: 0, context, client: CLIENT };
    this.#entry = { window: window_, running: true, play };
    this.save();
  }

  /** Often enough that no step is longer than a second or two. */
  hear() {
    const step = this.#audio.currentTime - this.#at;
    const passed = (performance.now() - this.#clock) / 1_000;
    if (step > 0 && step < passed * this.#audio.playbackRate + 0.5) this.#heard += step;
    this.#mark();
  }

  /** After a seek, when what was heard before it is counted. */
  moved() {
    this.#mark();
  }

  #mark() {
    this.#at = this.#audio.currentTime;
    this.#clock = performance.now();
  }

  save() {
    if (!this.#entry || this.#over) return;
    this.#entry.play.played_millis = Math.round(1_000 * this.#heard);
    write(this.#entry);
  }

  /** @param reason completed, skipped, stopped or failed */
  end(reason) {
    if (this.#over) return;
    this.hear();
    this.save();
    this.#over = true;
    if (!this.#entry) return;
    Object.assign(this.#entry.play, { end_reason: reason, offline: !navigator.onLine });
    write({ ...this.#entry, running: false });
  }
}

/** Plays of windows that are gone ended somehow. */
async function adopt() {
  for (const entry of kept().filter(entry => entry.running && entry.window !== window_)) {
    await navigator.locks.request(`window ${entry.window}`, { ifAvailable: true }, lock => {
      const now = lock && localStorage.getItem(key(entry.play));
      if (now) write({ ...JSON.parse(now), running: false });
    });
  }
}

const mine = who => kept().filter(({ running, play }) => !running && play.user_id === who?.user_id && play.device_id === who.device_id);

async function sendBatch(entries, keepalive) {
  const plays = entries.map(entry => entry.play);
  const { rejected } = await as('/v1/plays', {
    method: 'POST',
    json: plays,
    headers: { 'Downbeat-Sent-At': new Date().toISOString() },
    keepalive,
  });
  plays.forEach(play => localStorage.removeItem(key(play)));
  rejected.forEach(({ index, field, value, reason }) =>
    console.warn(`Play ${plays[index].device_seq} was refused: ${field} is ${value}, expected ${reason}`));
}

let wait = 0;
let timer;

function again(after) {
  clearTimeout(timer);
  timer = setTimeout(send, after);
}

/** All that is there of who is signed in; where that fails, again later. */
export async function send() {
  try {
    await navigator.locks.request('plays', async () => {
      await adopt();
      for (let entries; (entries = mine(session()).slice(0, BATCH)).length; ) await sendBatch(entries, false);
    });
    wait = 0;
    dispatchEvent(new Event('playssent'));
  } catch (failure) {
    wait = Math.min(LONGEST_WAIT, wait ? 2 * wait : FIRST_WAIT);
    if (session()) again(Math.max(wait, 1_000 * (failure.retryAfter ?? 0)));
  }
}

/** As the window goes: nobody is there to hear the answer, so it is sent once more at the next start. */
export function sendLast() {
  const entries = mine(session()).slice(-BATCH);
  if (entries.length) sendBatch(entries, true).catch(() => {});
}

addEventListener('online', () => {
  wait = 0;
  send();
});
onSession(send);
send();
