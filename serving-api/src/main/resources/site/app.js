/** The page: its bar, its queue, its keys, who is signed in; the parts that it is made of do the rest. */
import { onSession, session, signIn, signOut, signUp } from './api.js';
import { coverUrl, drawCover, hue, icon } from './covers.js';
import { showHome } from './live.js';
import { describe, showPage } from './pages.js';
import { Player } from './player.js';
import { artistLinks, artistsOf, button, byId, element, empty, forgetLikes, isLiked, keyed, markCurrent, time, toggleLike, trackRow } from './rows.js';
import { forget } from './sound.js';

const SHOWN = 50;
const STEP = 5;
const TOAST = 6_000;

const player = new Player([...document.querySelectorAll('audio')]);

/* What is played. */

const use = (at, name) => at.querySelector('use').setAttribute('href', `#${name}`);

let said = null;

function showPlayer() {
  const { current, playing, waiting } = player;
  const track = current?.track;
  document.body.classList.toggle('has-track', Boolean(track));
  document.body.classList.toggle('waiting', waiting);
  for (const id of ['toggle', 'previous', 'seek', 'now-like']) byId(id).disabled = !track;
  byId('skip-track').disabled = !player.next;
  use(byId('toggle'), playing ? 'i-pause' : 'i-play');
  byId('toggle').setAttribute('aria-label', playing ? 'Pause' : 'Play');
  byId('mute').setAttribute('aria-pressed', player.muted);
  use(byId('mute'), player.muted || !player.volume ? 'i-muted' : 'i-loud');
  byId('volume').value = player.muted ? 0 : player.volume;
  markCurrent(track?.track_id, playing);
  showQueue();
  showTime();
  if (said === current) return;
  said = current;
  showTrack(track);
}

function showTrack(track) {
  document.title = track ? `${track.title ?? '…'} · Downbeat` : 'Downbeat';
  byId('now-title').textContent = track?.title ?? 'Nothing is played';
  byId('now-title').href = track ? `#/track/${track.track_id}` : '#/';
  byId('now-by').replaceChildren(...(track ? artistLinks(track) : []));
  byId('now-said').textContent = track ? `Now playing: ${describe(player.current)}` : '';
  byId('now-cover').replaceChildren();
  delete byId('now-cover').dataset.cover;
  if (!track) return;
  const album = track.album ?? { album_id: track.track_id };
  drawCover(byId('now-cover'), album, 300);
  document.documentElement.style.setProperty('--hue', hue(album.album_id));
  byId('now-like').dataset.like = track.track_id;
  byId('now-like').setAttribute('aria-pressed', isLiked(track.track_id));
  if (!navigator.mediaSession) return;
  const artwork = coverUrl(album.cover_url, 640);
  navigator.mediaSession.metadata = new MediaMetadata({
    title: track.title ?? '',
    artist: artistsOf(track),
    album: track.album?.title ?? '',
    artwork: artwork ? [{ src: artwork, sizes: '640x640', type: 'image/jpeg' }] : [],
  });
}

function showTime() {
  const { position, duration } = player;
  byId('position').textContent = time(position);
  byId('duration').textContent = time(duration);
  const seek = byId('seek');
  seek.max = duration || 1;
  seek.value = position;
  seek.setAttribute('aria-valuetext', `${time(position)} of ${time(duration)}`);
  seek.style.setProperty('--done', `${duration ? (100 * position) / duration : 0}%`);
  byId('volume').style.setProperty('--done', `${100 * byId('volume').value}%`);
  if (duration && player.playing) navigator.mediaSession?.setPositionState?.({ duration, position: Math.min(position, duration) });
}

function showQueue() {
  const items = [...player.queue.slice(0, SHOWN), ...(player.queue.length || !player.next ? [] : [player.next])];
  byId('keep-playing').checked = player.keepPlaying;
  if (!items.length) return empty(byId('upcoming'), 'Nothing: the + beside a track adds it.');
  keyed(
    byId('upcoming'),
    items,
    item => item.key,
    item => {
      const title = item.track.title ?? 'the track';
      const row = trackRow(item.track, {
        play: () => (player.queue.includes(item) ? player.jump(item.key) : player.skip()),
        add: () => {},
      });
      row.querySelector('.add').replaceWith(
        button(`Move ${title} up`, 'i-up', () => player.move(item.key, -1), { class: 'quiet own' }),
        button(`Move ${title} down`, 'i-down', () => player.move(item.key, 1), { class: 'quiet own' }),
        button(`Remove ${title}`, 'i-close', () => player.remove(item.key), { class: 'quiet own' }),
      );
      row.querySelector('.like').remove();
      return row;
    },
    (row, item) => row.classList.toggle('suggested', !player.queue.includes(item)),
  );
}

function toggleQueue(open = byId('queue').hidden) {
  byId('queue').hidden = !open;
  document.body.classList.toggle('with-queue', open);
  byId('queue-open').setAttribute('aria-expanded', open);
  byId(open ? 'queue-close' : 'queue-open').focus();
}

let toastTimer;

function toast(words) {
  byId('toast').textContent = words;
  byId('toast').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (byId('toast').hidden = true), TOAST);
}

let wished = false; // To hear what is current, before there was anyone who could.

player.addEventListener('change', showPlayer);
player.addEventListener('time', showTime);
player.addEventListener('trouble', ({ detail: { item, failure } }) => {
  wished = !session();
  if (wished) byId('sign-in').showModal();
  else toast(`${item.track.title ?? 'The track'}: ${failure.message}`);
});

byId('toggle').addEventListener('click', () => player.toggle());
byId('previous').addEventListener('click', () => player.previous());
byId('skip-track').addEventListener('click', () => player.skip());
byId('seek').addEventListener('input', event => player.seek(Number(event.target.value)));
byId('volume').addEventListener('input', event => player.setVolume(Number(event.target.value)));
byId('mute').addEventListener('click', () => player.mute());
byId('now-like').addEventListener('click', event => toggleLike(event, event.currentTarget.dataset.like));
byId('queue-open').addEventListener('click', () => toggleQueue());
byId('queue-close').addEventListener('click', () => toggleQueue(false));
byId('keep-playing').addEventListener('change', event => player.setKeepPlaying(event.target.checked));
byId('help').addEventListener('click', () => byId('keys').showModal());

for (const [action, does] of Object.entries({
  play: () => player.toggle(),
  pause: () => player.pause(),
  nexttrack: () => player.skip(),
  previoustrack: () => player.previous(),
  seekto: ({ seekTime }) => player.seek(seekTime),
  seekbackward: () => player.seek(player.position - STEP),
  seekforward: () => player.seek(player.position + STEP),
})) {
  navigator.mediaSession?.setActionHandler(action, does);
}

/* Keys. */

const KEYS = {
  ' ': () => player.toggle(),
  ArrowLeft: () => player.seek(player.position - STEP),
  ArrowRight: () => player.seek(player.position + STEP),
  ArrowUp: () => player.setVolume(player.volume + 0.05),
  ArrowDown: () => player.setVolume(player.volume - 0.05),
  n: () => player.skip(),
  p: () => player.previous(),
  l: () => player.current && byId('now-like').click(),
  m: () => player.mute(),
  q: () => toggleQueue(),
  '/': () => byId('query').select(),
  '?': () => byId('keys').showModal(),
};

addEventListener('keydown', event => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (key === 'Escape' && !byId('queue').hidden) return toggleQueue(false);
  const types = target.matches('input:not([type=range], [type=checkbox]), textarea, select');
  const own = key === ' ' ? target.matches('button, a, input') : key.startsWith('Arrow') && target.matches('input');
  if (types || own || !KEYS[key]) return;
  event.preventDefault();
  KEYS[key]();
});

/* Who listens. */

const enter = (email, password) => signIn(email, password).catch(failure => toast(failure.message));
const refreshHome = showHome(player, enter);

function showListener() {
  const who = session();
  byId('enter').hidden = Boolean(who);
  byId('leave').hidden = byId('likes-link').hidden = !who;
  byId('greeting').textContent = who ? `Hello, ${who.name ?? who.email}.` : 'Music, from the first beat.';
  byId('lead').hidden = Boolean(who);
  document.body.classList.toggle('signed-in', Boolean(who));
}

onSession(() => {
  forget();
  forgetLikes();
  for (const id of ['recommended', 'recent']) byId(id).replaceChildren();
  if (session() && wished) player.toggle();
  else player.stop();
  wished = false;
  showListener();
  refreshHome();
  route();
});

byId('leave').addEventListener('click', async () => {
  await player.stop();
  await signOut();
});
byId('enter').addEventListener('click', () => byId('sign-in').showModal());

let isNew = false;

byId('sign-up-instead').addEventListener('click', () => {
  isNew = !isNew;
  byId('name-field').hidden = !isNew;
  byId('sign-in-title').textContent = byId('sign-in-go').textContent = isNew ? 'Sign up' : 'Sign in';
  byId('sign-up-instead').textContent = isNew ? 'I have an account' : 'I am new here';
  const { name, password } = byId('sign-in-form').elements;
  name.required = isNew;
  password.minLength = isNew ? 8 : 1;
  password.autocomplete = isNew ? 'new-password' : 'current-password';
});

byId('sign-in-form').addEventListener('submit', async event => {
  event.preventDefault();
  const { name, email, password } = event.target.elements;
  byId('sign-in-trouble').textContent = '';
  byId('sign-in-go').disabled = true;
  try {
    await (isNew ? signUp(name.value, email.value, password.value) : signIn(email.value, password.value));
    event.target.reset();
    byId('sign-in').close();
  } catch (failure) {
    byId('sign-in-trouble').textContent = failure.message;
  }
  byId('sign-in-go').disabled = false;
});

/* Where the page is. */

async function route() {
  const isPage = await showPage(player);
  if (!location.hash.startsWith('#/search')) byId('query').value = '';
  if (!isPage) refreshHome();
  showPlayer();
}

addEventListener('hashchange', async () => {
  const typing = document.activeElement === byId('query');
  await route();
  if (typing) return;
  scrollTo(0, 0);
  byId('main').focus({ preventScroll: true });
});
addEventListener('rows', () => markCurrent(player.current?.track.track_id, player.playing));

function search() {
  const query = byId('query').value.trim();
  const address = query ? `#/search/${encodeURIComponent(query)}` : '#/';
  if (location.hash.startsWith('#/search')) location.replace(address);
  else if (query) location.hash = address;
}

byId('query').addEventListener('input', search);
byId('search').addEventListener('submit', event => {
  event.preventDefault();
  byId('main').focus();
});
byId('skip').addEventListener('click', event => {
  event.preventDefault();
  byId('main').focus();
});

if (location.hash.startsWith('#/search/')) byId('query').value = decodeURIComponent(location.hash.slice(9));
showListener();
route();
