/** The home page: what is counted and charted now, asked again every two seconds, and what is for who is signed in. */
import { as, ask, session } from './api.js';
import { svg } from './covers.js';
import { albumCard, artistCard, byId, complete, element, empty, keyed, trackCard, trackRow } from './rows.js';

const PAUSE = 2_000;
const CHART_ROWS = 20;
const LIST_ROWS = 12;

const number = new Intl.NumberFormat('en');

async function showToday() {
  const midnight = new Date().toISOString().slice(0, 10);
  const { buckets } = await ask(`/v1/counts/everything?granularity=day&from=${midnight}`);
  const today = buckets[0] ?? { plays: 0, streams: 0, listened_millis: 0, listeners: 0 };
  byId('plays').textContent = number.format(today.plays);
  byId('streams').textContent = number.format(today.streams);
  byId('hours').textContent = number.format(Math.round(today.listened_millis / 3_600_000));
  byId('listening').textContent = number.format(today.listeners);
}

async function showHours() {
  const { from, buckets } = await ask('/v1/counts/everything?granularity=hour');
  const most = Math.max(1, ...buckets.map(bucket => bucket.plays));
  const bars = buckets.map(({ start, plays }) => {
    const height = Math.max(2, (plays / most) * 76);
    const hour = (Date.parse(start) - Date.parse(from)) / 3_600_000;
    const label = svg('title', {}, `${start.slice(5, 16).replace('T', ' ')}: ${number.format(plays)}`);
    return svg('rect', { x: hour * 10 + 1.5, y: 80 - height, width: 7, height, rx: 2 }, label);
  });
  byId('clock').replaceChildren(...bars);
}

let shown = { path: '', ranks: new Map() };

async function showChart(player) {
  const list = byId('chart');
  const scope = byId('scope').value;
  const path = `/v1/charts/${encodeURIComponent(scope)}?window=${byId('window').value}`;
  const { entries } = await ask(path);
  const tops = new Map([...list.children].map(row => [row.dataset.key, row.getBoundingClientRect().top]));
  const same = shown.path === path;
  const before = shown;
  shown = { path, ranks: new Map(entries.map(({ rank, track }) => [track.track_id, rank])) };
  const top = entries.slice(0, CHART_ROWS);
  if (!top.length) return empty(list, 'Nothing streamed yet.');
  const tracks = top.map(entry => entry.track);
  const rows = keyed(
    list,
    top,
    entry => entry.track.track_id,
    ({ track }) => {
      const actions = {
        play: ({ currentTarget }) => {
          const at = [...list.children].indexOf(currentTarget.closest('li'));
          player.playList([...list.children].map(row => row.track), at, { type: 'chart', id: byId('scope').value });
        },
        add: () => player.add(track, { type: 'chart', id: byId('scope').value }),
      };
      const row = trackRow(track, actions, element('span', { class: 'streams' }));
      row.prepend(element('span', { class: 'rank' }));
      return row;
    },
    (row, { rank, streams, track }) => {
      const was = before.ranks.get(track.track_id);
      row.track = track;
      row.classList.toggle('up', same && (was === undefined || rank < was));
      row.querySelector('.rank').textContent = rank;
      row.querySelector('.streams').textContent = number.format(streams);
    },
  );
  if (same) rows.forEach(row => slide(row, tops.get(row.dataset.key)));
  await complete(list);
  return tracks;
}

/** Lets a row that changed its place move there from where it was. */
function slide(row, from) {
  const way = from === undefined ? 0 : from - row.getBoundingClientRect().top;
  if (!way) return;
  row.style.transition = 'none';
  row.style.transform = `translateY(${way}px)`;
  requestAnimationFrame(() => {
    row.style.transition = '';
    row.style.transform = '';
  });
}

async function showMine(player) {
  const who = session()?.user_id;
  byId('for').hidden = byId('last').hidden = !who;
  if (!who) return;
  const [recommended, recent] = await Promise.all([as('/v1/me/recommendations'), as(`/v1/me/recent?limit=${LIST_ROWS}`)]);
  if (session()?.user_id !== who) return;
  const suggested = recommended.tracks.slice(0, LIST_ROWS);
  if (suggested.length) {
    keyed(byId('recommended'), suggested, track => track.track_id, track =>
      trackCard(track, () => {
        const at = suggested.findIndex(({ track_id }) => track_id === track.track_id);
        player.playList(suggested, at, { type: 'recommendation' });
      }));
  } else {
    empty(byId('recommended'), 'Nothing yet: the first training is still to come.');
  }
  if (recent.plays.length) {
    keyed(byId('recent'), recent.plays, play => play.play_id, ({ track }) =>
      trackRow(track, {
        play: () => player.playList([track], 0, { type: 'library' }),
        add: () => player.add(track, { type: 'library' }),
      }));
  } else {
    empty(byId('recent'), 'Nothing played yet.');
  }
  await Promise.all([complete(byId('recommended')), complete(byId('recent'))]);
}

async function showPopular() {
  const { hits } = await ask(`/v1/search/suggestions?type=artist,album&limit=${LIST_ROWS}`);
  byId('popular').closest('section').hidden = !hits.length;
  byId('popular').replaceChildren(...hits.map(({ artist, album }) => (artist ? artistCard(artist) : albumCard(album))));
}

/** @param enter signs in as one of the listeners of a demo */
async function showListeners(enter) {
  const { listeners } = await ask('/v1/demo/listeners');
  byId('demo').hidden = !listeners.length;
  byId('listeners').replaceChildren(
    ...listeners.map(({ name, taste, email, password }) =>
      element(
        'li',
        {},
        element('button', { type: 'button', class: 'chip', onclick: () => enter(email, password) }, element('b', {}, name), ` ${taste.join(', ')}`),
      )),
  );
  const genres = [...new Set(listeners.flatMap(({ taste }) => taste))].sort();
  byId('scope').append(...genres.map(genre => new Option(genre, genre)));
}

export function showHome(player, enter) {
  let timer;
  let asked = false;
  const refresh = async () => {
    clearTimeout(timer);
    try {
      if (!asked) await Promise.all([showListeners(enter), showPopular()]);
      asked = true;
      if (!byId('home').hidden) {
        await Promise.all([showToday(), showHours(), showChart(player), showMine(player)]);
        dispatchEvent(new Event('rows'));
      }
      byId('state').textContent = `live, ${new Date().toLocaleTimeString()}`;
    } catch (error) {
      byId('state').textContent = `waiting: ${error.message}`;
    }
    clearTimeout(timer);
    timer = setTimeout(refresh, document.hidden ? 5 * PAUSE : PAUSE);
  };
  for (const id of ['scope', 'window']) byId(id).addEventListener('change', refresh);
  addEventListener('playssent', refresh);
  refresh();
  return refresh;
}
