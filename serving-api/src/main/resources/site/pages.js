/** What is found, an album, an artist, a track, and what the listener likes: each a page with an address of its own. */
import { as, ask } from './api.js';
import { albumCard, artistCard, artistLinks, artistsOf, byId, complete, cover, element, trackCard, trackRow } from './rows.js';

const FOUND = 30;
const SHELF = 12;
const PAGES_OF_TRACKS = 4;
const MOST_IN_ALBUM = 100;
const number = new Intl.NumberFormat('en');

const words = (...all) => all.filter(Boolean).join(' ');
const encoded = text => encodeURIComponent(text.slice(0, 200));

function rows(tracks, context, player) {
  const list = element('ol', { class: 'rows' });
  list.append(
    ...tracks.map((track, i) =>
      trackRow(track, { play: () => player.playList(tracks, i, context), add: () => player.add(track, context) })),
  );
  return list;
}

const shelf = cards => element('ol', { class: 'shelf' }, ...cards);

const part = (title, list) => (list.childElementCount ? [element('section', { 'aria-label': title }, element('h2', {}, title), list)] : []);

const head = (kind, thing, title, ...more) =>
  element(
    'div',
    { class: `lead ${kind.toLowerCase()}` },
    cover(thing, 640),
    element('div', {}, element('p', { class: 'kind' }, kind), element('h1', {}, title), ...more),
  );

const genres = thing => element('p', { class: 'by' }, thing.genres.map(genre => genre.name).join(', '));

/** A text with what was typed of it marked. */
function mark(cell, text, spans) {
  if (!cell || !spans.length) return;
  let at = 0;
  cell.replaceChildren();
  for (const { start, end } of spans) {
    cell.append(text.slice(at, start), element('mark', {}, text.slice(start, end)));
    at = end;
  }
  cell.append(text.slice(at));
}

async function search(query, player) {
  const { hits } = await ask(`/v1/search?limit=${FOUND}&q=${encoded(query)}`);
  const of = type => hits.filter(hit => hit.type === type);
  const tracks = rows(of('track').map(hit => hit.track), { type: 'search' }, player);
  const artists = shelf(of('artist').map(hit => artistCard(hit.artist)));
  const albums = shelf(of('album').map(hit => albumCard(hit.album)));
  for (const [type, list] of Object.entries({ track: tracks, artist: artists, album: albums })) {
    of(type).forEach((hit, i) => {
      const field = type === 'artist' ? 'name' : 'title';
      const spans = name => hit.highlights.filter(span => span.field === name);
      const card = list.children[i];
      mark(card.querySelector('.title'), hit[type][field], spans(field));
      card.querySelectorAll('.by a').forEach((link, n) => mark(link, link.textContent, spans(`artists.${n}`)));
    });
  }
  const title = element('h1', { class: 'unseen' }, `Found for ${query}`);
  byId('found').textContent = `${hits.length} found`;
  if (!hits.length) return [title, element('p', { class: 'empty' }, `Nothing is called “${query}”.`)];
  const parts = { track: part('Tracks', tracks), artist: part('Artists', artists), album: part('Albums', albums) };
  return [title, ...[...new Set(hits.map(hit => hit.type))].flatMap(type => parts[type])];
}

/** Albums do not list their tracks: they are among those that are found by its artists' names. */
async function tracksOf(names, belongs) {
  const found = [];
  let cursor = '';
  for (let page = 0; page < PAGES_OF_TRACKS && cursor !== null; page++) {
    const { hits, next_cursor } = await ask(`/v1/search?type=track&limit=50&q=${encoded(names)}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    found.push(...hits.map(hit => hit.track).filter(belongs));
    cursor = next_cursor;
  }
  return found;
}

async function album(id, player) {
  const it = await ask(`/v1/albums/${id}`);
  const found = await tracksOf(it.artists[0]?.name ?? it.title, track => track.album?.album_id === id);
  const { tracks } = found.length ? await ask(`/v1/tracks?ids=${found.slice(0, MOST_IN_ALBUM).map(track => track.track_id).join(',')}`) : { tracks: [] };
  tracks.sort((a, b) => a.disc_number - b.disc_number || a.track_number - b.track_number || a.title.localeCompare(b.title));
  return [
    head('Album', it, it.title, element('p', { class: 'by' }, ...artistLinks(it), it.release_date ? ` · ${it.release_date.slice(0, 4)}` : ''), genres(it), playAll(tracks, { type: 'album', id }, player)),
    rows(tracks, { type: 'album', id }, player),
  ];
}

async function artist(id, player) {
  const it = await ask(`/v1/artists/${id}`);
  const by = thing => thing.artists.some(({ artist_id }) => artist_id === id);
  const [tracks, found, { totals }] = await Promise.all([
    tracksOf(it.name, by),
    ask(`/v1/search?type=album&limit=50&q=${encoded(it.name)}`),
    ask(`/v1/counts/artists/${id}?granularity=all`),
  ]);
  const albums = found.hits.map(hit => hit.album).filter(by);
  return [
    head('Artist', { album_id: id }, it.name, genres(it), element('p', { class: 'by' }, `${number.format(totals.streams)} streams`), playAll(tracks, { type: 'artist', id }, player)),
    ...(it.bio ? [element('p', { class: 'bio' }, it.bio)] : []),
    ...part('Tracks', rows(tracks.slice(0, SHELF), { type: 'artist', id }, player)),
    ...part('Albums', shelf(albums.map(albumCard))),
  ];
}

async function track(id, player) {
  const [it, { totals }, similar] = await Promise.all([
    ask(`/v1/tracks/${id}`),
    ask(`/v1/counts/tracks/${id}?granularity=all`),
    ask(`/v1/tracks/${id}/similar?limit=${SHELF}`),
  ]);
  const more = similar.tracks;
  const counts = words(`${number.format(totals.streams)} streams`, totals.likes ? `· liked by ${number.format(totals.likes)}` : '');
  return [
    head(
      'Track',
      it.album ?? { album_id: id },
      it.title,
      element('p', { class: 'by' }, ...artistLinks(it), ...(it.album?.title ? [' · ', element('a', { href: `#/album/${it.album.album_id}` }, it.album.title)] : [])),
      element('p', { class: 'by' }, counts),
      it.playable ? playAll([it], { type: 'other' }, player) : element('p', { class: 'by' }, 'It has no sound yet.'),
    ),
    ...part('Similar', shelf(more.map((one, i) => trackCard(one, () => player.playList(more, i, { type: 'radio', id }))))),
  ];
}

async function likes(_, player) {
  const { items } = await as('/v1/me/likes?limit=100');
  const tracks = items.map(({ id, ...rest }) => ({ track_id: id, ...rest }));
  return [
    element('h1', {}, 'Likes'),
    tracks.length ? rows(tracks, { type: 'library' }, player) : element('p', { class: 'empty' }, 'Nothing yet: the heart beside a track, or the key l, likes it.'),
  ];
}

const playAll = (tracks, context, player) =>
  element('button', { type: 'button', class: 'strong', disabled: !tracks.length, onclick: () => player.playList(tracks, 0, context) }, 'Play');

const PAGES = { search, album, artist, track, likes };
let turn = 0;

/** Shows what the address says; false where that is the home page. */
export async function showPage(player) {
  const [, name, rest = ''] = location.hash.split('/');
  const mine = ++turn;
  const make = PAGES[name];
  byId('home').hidden = Boolean(make);
  byId('page').hidden = !make;
  if (!make) return false;
  const shown = await make(decodeURIComponent(rest), player).catch(failure => [
    element('h1', {}, 'Not now'),
    element('p', { class: 'empty' }, failure.message),
  ]);
  if (mine !== turn) return true;
  byId('page').replaceChildren(...shown);
  byId('page').dataset.name = name;
  await complete(byId('page')).catch(() => {});
  return true;
}

export const describe = item => `${item.track.title ?? 'A track'} by ${artistsOf(item.track) || 'unknown'}`;
