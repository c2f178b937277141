/** Tracks, albums and artists as lists show them, and what is known of tracks beyond what a list says. */
import { as, ask, session } from './api.js';
import { drawCover, icon } from './covers.js';
import { playback } from './sound.js';

const MOST_KNOWN = 2_000;
const MOST_ASKED = 50;
const AGAIN = 20_000;

export const byId = id => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

export const button = (label, name, onclick, more) =>
  element('button', { type: 'button', 'aria-label': label, title: label, onclick, ...more }, icon(name));

export const time = seconds => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

export const artistsOf = thing => (thing.artists ?? []).map(artist => artist.name ?? '…').join(', ');

const titleOf = track => track.title ?? 'A track to come';

/** Lets rows stay that are there already, so that none loses the focus. */
export function keyed(list, items, keyOf, make, update) {
  const old = new Map([...list.children].map(row => [row.dataset.key, row]));
  const rows = items.map(item => {
    const key = String(keyOf(item));
    const row = old.get(key) ?? make(item);
    row.dataset.key = key;
    update?.(row, item);
    return row;
  });
  if (rows.length === list.children.length && rows.every((row, i) => row === list.children[i])) return rows;
  const focused = list.contains(document.activeElement) && document.activeElement;
  list.replaceChildren(...rows);
  if (focused?.isConnected) focused.focus({ preventScroll: true });
  return rows;
}

export const empty = (list, words) => list.replaceChildren(element('li', { class: 'empty' }, words));

const known = new Map();
const liked = new Set();
const likeAsked = new Set();

export const isLiked = id => liked.has(id);

export async function like(id, wanted) {
  await as(`/v1/me/likes/${id}`, { method: wanted ? 'PUT' : 'DELETE' });
  if (wanted) liked.add(id);
  else liked.delete(id);
  showLikes();
}

export function forgetLikes() {
  liked.clear();
  likeAsked.clear();
  showLikes();
}

function showLikes() {
  for (const heart of document.querySelectorAll('[data-like]')) heart.setAttribute('aria-pressed', liked.has(heart.dataset.like));
}

const allRows = ids => ids.flatMap(id => [...document.querySelectorAll(`[data-track="${id}"]`)]);

function fill(row) {
  const track = known.get(row.dataset.track);
  if (!track) return;
  row.classList.toggle('mute', !track.playable);
  if (track.album) drawCover(row.querySelector('.cover'), track.album, row.classList.contains('card') ? 300 : 64);
  const length = row.querySelector('.length');
  if (length && track.duration_millis) length.textContent = time(track.duration_millis / 1_000);
}

/** Covers, lengths and likes of the tracks in a list. What has no sound may get one, and is asked for again. */
export async function complete(list) {
  const ids = [...new Set([...list.querySelectorAll('[data-track]')].map(row => row.dataset.track))].slice(0, MOST_ASKED);
  const unknown = ids.filter(id => !(known.get(id)?.until > Date.now()));
  if (unknown.length) {
    const { tracks } = await ask(`/v1/tracks?ids=${unknown.join(',')}`);
    tracks.forEach(track => known.set(track.track_id, { ...track, until: track.playable ? Infinity : Date.now() + AGAIN }));
    while (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
    allRows(unknown).forEach(fill);
  }
  const unsure = ids.filter(id => !likeAsked.has(id));
  if (!session() || !unsure.length) return;
  unsure.forEach(id => likeAsked.add(id));
  (await as(`/v1/me/likes/contains?ids=${unsure.join(',')}`)).liked.forEach(id => liked.add(id));
  showLikes();
}

/** Who comes near it may click it: what takes a round trip is asked for before. */
const warm = id => ({ currentTarget }) => {
  if (session() && !currentTarget.closest('.mute')) playback(id).catch(() => {});
};

export const artistLinks = thing =>
  (thing.artists ?? []).flatMap((artist, i) => [
    i ? ', ' : '',
    artist.name ? element('a', { href: `#/artist/${artist.artist_id}` }, artist.name) : '…',
  ]);

export const cover = (album, pixels) => {
  const box = element('span', { class: 'cover' });
  drawCover(box, album, pixels);
  return box;
};

const coverIdOf = track => track.album ?? { album_id: track.track_id };

const playButton = (track, play, ...children) => {
  const near = warm(track.track_id);
  return element(
    'button',
    { type: 'button', class: 'play', 'aria-label': `Play ${titleOf(track)} by ${artistsOf(track) || 'unknown'}`, onclick: play, onpointerenter: near, onpointerdown: near, onfocus: near },
    ...children,
  );
};

/** @param does what: play() and add() */
export function trackRow(track, { play, add }, ...more) {
  const row = element(
    'li',
    { class: 'row', 'data-track': track.track_id },
    playButton(track, play, cover(coverIdOf(track), 64), icon('i-play')),
    element(
      'span',
      { class: 'names' },
      element('a', { class: 'title', href: `#/track/${track.track_id}` }, titleOf(track)),
      element('span', { class: 'by' }, ...artistLinks(track)),
    ),
    ...more,
    element('span', { class: 'length' }, track.duration_millis ? time(track.duration_millis / 1_000) : ''),
    button(`Like ${titleOf(track)}`, 'i-heart', event => toggleLike(event, track.track_id), {
      class: 'quiet like',
      'data-like': track.track_id,
      'aria-pressed': liked.has(track.track_id),
    }),
    button(`Add ${titleOf(track)} to the queue`, 'i-add', add, { class: 'quiet add' }),
  );
  fill(row);
  return row;
}

export function trackCard(track, play) {
  const card = element(
    'li',
    { class: 'card', 'data-track': track.track_id },
    playButton(track, play, cover(coverIdOf(track), 300), icon('i-play')),
    element('a', { class: 'title', href: `#/track/${track.track_id}` }, titleOf(track)),
    element('span', { class: 'by' }, ...artistLinks(track)),
  );
  fill(card);
  return card;
}

export const albumCard = album =>
  element(
    'li',
    { class: 'card' },
    element('a', { class: 'open', href: `#/album/${album.album_id}` }, cover(album, 300), element('span', { class: 'title' }, album.title)),
    element('span', { class: 'by' }, ...(album.artists?.length ? artistLinks(album) : [album.release_date?.slice(0, 4) ?? ''])),
  );

export const artistCard = artist =>
  element(
    'li',
    { class: 'card round' },
    element('a', { class: 'open', href: `#/artist/${artist.artist_id}` }, cover({ album_id: artist.artist_id }, 300), element('span', { class: 'title' }, artist.name)),
    element('span', { class: 'by' }, 'Artist'),
  );

export async function toggleLike({ currentTarget }, id) {
  if (!session()) return byId('sign-in').showModal();
  const wanted = currentTarget.getAttribute('aria-pressed') !== 'true';
  currentTarget.setAttribute('aria-pressed', wanted);
  await like(id, wanted).catch(showLikes);
}

/** The row of what is played. */
export function markCurrent(id, playing) {
  document.querySelectorAll('[data-track].current').forEach(row => row.classList.remove('current', 'playing'));
  if (id) allRows([id]).forEach(row => row.classList.add('current', ...(playing ? ['playing'] : [])));
}
