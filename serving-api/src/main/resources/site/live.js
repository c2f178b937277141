const PAUSE = 2_000;
const CHART_ROWS = 20;
const LIST_ROWS = 12;

const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');

class Refusal extends Error {
  constructor(path, status, problem) {
    super(`${path} answered ${status}`);
    Object.assign(this, { status, problem });
  }
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Refusal(path, answer.status, await answer.json().catch(() => ({})));
  return answer.json();
}

const get = (path, headers = {}) => ask(path, { headers });

const post = (path, body) =>
  ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function name(track) {
  const cell = element('span', 'name', track.title ?? track.track_id);
  const artists = track.artists.map(artist => artist.name ?? '…').join(', ');
  if (artists) cell.append(' ', element('span', 'by', artists));
  cell.title = cell.textContent;
  return cell;
}

async function showToday() {
  const midnight = new Date().toISOString().slice(0, 10);
  const { buckets } = await get(`/v1/counts/everything?granularity=day&from=${midnight}`);
  const today = buckets[0] ?? { plays: 0, streams: 0, listened_millis: 0, listeners: 0 };
  byId('plays').textContent = number.format(today.plays);
  byId('streams').textContent = number.format(today.streams);
  byId('hours').textContent = number.format(Math.round(today.listened_millis / 3_600_000));
  byId('listeners').textContent = number.format(today.listeners);
}

async function showHours() {
  const { from, buckets } = await get('/v1/counts/everything?granularity=hour');
  const most = Math.max(1, ...buckets.map(bucket => bucket.plays));
  const bars = buckets.map(({ start, plays }) => {
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const height = (plays / most) * 76;
    const hour = (Date.parse(start) - Date.parse(from)) / 3_600_000;
    for (const [key, value] of Object.entries({ x: hour * 10 + 1, y: 80 - height, width: 8, height, rx: 1 })) {
      bar.setAttribute(key, value);
    }
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    label.textContent = `${start.slice(5, 16).replace('T', ' ')}: ${number.format(plays)}`;
    bar.append(label);
    return bar;
  });
  byId('clock').replaceChildren(...bars);
}

let shown = { path: '', ranks: new Map() };

async function showChart() {
  const list = byId('chart');
  const path = `/v1/charts/${encodeURIComponent(byId('scope').value)}?window=${byId('window').value}`;
  const { entries } = await get(path);
  const before = new Map([...list.children].map(row => [row.dataset.track, row.getBoundingClientRect().top]));
  const same = shown.path === path;
  const rows = entries.slice(0, CHART_ROWS).map(({ rank, streams, track }) => {
    const row = element('li', '', '');
    const was = shown.ranks.get(track.track_id);
    if (same) row.className = was === undefined ? 'new' : rank < was ? 'up' : '';
    row.dataset.track = track.track_id;
    row.style.setProperty('--share', `${(100 * streams) / entries[0].streams}%`);
    row.append(element('span', 'rank', rank), name(track), element('span', 'count', number.format(streams)));
    return row;
  });
  list.replaceChildren(...(rows.length ? rows : [element('li', 'empty', 'Nothing streamed yet.')]));
  if (same) rows.forEach(row => slide(row, before.get(row.dataset.track)));
  shown = { path, ranks: new Map(entries.map(({ rank, track }) => [track.track_id, rank])) };
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

function fill(id, tracks, nothing) {
  const rows = tracks.slice(0, LIST_ROWS).map(track => {
    const row = element('li', '', '');
    row.append(name(track));
    return row;
  });
  byId(id).replaceChildren(...(rows.length ? rows : [element('li', 'empty', nothing)]));
}

/** This browser is one device of a listener, in all its windows, for as long as it keeps its storage. */
async function signIn({ email, password }) {
  const key = `device of ${email}`;
  const device = { type: 'web', name: 'the live page', device_id: localStorage.getItem(key) ?? crypto.randomUUID() };
  localStorage.setItem(key, device.device_id);
  let session;
  try {
    session = await post('/v1/sessions', { email, password, device });
  } catch (refusal) {
    const longestAway = refusal.problem?.devices?.sort((a, b) => a.last_active_at.localeCompare(b.last_active_at))[0];
    if (!longestAway) throw refusal;
    session = await post('/v1/sessions', { email, password, device: { ...device, replaces: longestAway.device_id } });
  }
  localStorage.setItem(`token of ${email}`, session.access_token);
}

/** What is a listener's own. A token that is over is replaced once, unless another window has done so. */
async function getAs(account, path) {
  const token = () => localStorage.getItem(`token of ${account.email}`);
  const authorized = () => get(path, { Authorization: `Bearer ${token()}` });
  if (!token()) await signIn(account);
  const used = token();
  try {
    return await authorized();
  } catch (refusal) {
    if (refusal.status !== 401) throw refusal;
    if (token() === used) await signIn(account);
    return authorized();
  }
}

let accounts = [];

async function showListener() {
  const account = accounts[byId('listener').selectedIndex];
  if (!account) return;
  const recommended = await getAs(account, '/v1/me/recommendations');
  const recent = await getAs(account, `/v1/me/recent?limit=${LIST_ROWS}`);
  if (account !== accounts[byId('listener').selectedIndex]) return;
  fill('recommended', recommended.tracks, 'Nothing yet: the first training is still to come.');
  fill('recent', recent.plays.map(play => play.track), 'Nothing played yet.');
}

/** A name of a hit, with what was typed of it marked. */
function marked(className, text, spans) {
  const cell = element('span', className, '');
  let at = 0;
  for (const { start, end } of spans) {
    cell.append(text.slice(at, start), element('mark', '', text.slice(start, end)));
    at = end;
  }
  cell.append(text.slice(at));
  return cell;
}

function hitRow({ type, highlights, ...things }) {
  const thing = things[type];
  const field = type === 'artist' ? 'name' : 'title';
  const of = name => highlights.filter(span => span.field === name);
  const cell = marked('name', thing[field], of(field));
  (thing.artists ?? []).forEach((artist, i) =>
    cell.append(i ? ', ' : ' ', marked('by', artist.name ?? '…', of(`artists.${i}`))));
  const row = element('li', '', '');
  row.append(element('span', 'type', type), cell);
  return row;
}

let asked = 0;

async function search() {
  const typed = byId('query').value;
  const turn = ++asked;
  try {
    const { hits } = await get(
      typed.trim()
        ? `/v1/search?limit=${LIST_ROWS}&q=${encodeURIComponent(typed)}`
        : `/v1/search/suggestions?limit=${LIST_ROWS}`);
    if (turn !== asked) return;
    byId('hits').replaceChildren(...(hits.length ? hits.map(hitRow) : [element('li', 'empty', 'Nothing found.')]));
  } catch (error) {
    if (turn === asked) byId('hits').replaceChildren(element('li', 'empty', `Cannot search: ${error.message}`));
  }
}

async function findListeners() {
  const answer = await fetch('/v1/demo/listeners');
  if (!answer.ok) return;
  const { listeners } = await answer.json();
  if (!listeners.length) return;
  accounts = listeners;
  byId('listener').replaceChildren(...listeners.map(({ user_id, name, taste }) => new Option(`${name}: ${taste.join(', ')}`, user_id)));
  const genres = [...new Set(listeners.flatMap(({ taste }) => taste))].sort();
  byId('scope').append(...genres.map(genre => new Option(genre, genre)));
  byId('for').hidden = false;
}

async function refresh() {
  try {
    if (byId('for').hidden) await findListeners();
    if (!byId('query').value) search();
    await Promise.all([showToday(), showHours(), showChart(), showListener()]);
    byId('state').textContent = `live, ${new Date().toLocaleTimeString()}`;
  } catch (error) {
    byId('state').textContent = `waiting: ${error.message}`;
  }
}

async function keepFresh() {
  await refresh();
  setTimeout(keepFresh, document.hidden ? 5 * PAUSE : PAUSE);
}

byId('query').addEventListener('input', search);
for (const id of ['scope', 'window', 'listener']) byId(id).addEventListener('change', refresh);
keepFresh();
