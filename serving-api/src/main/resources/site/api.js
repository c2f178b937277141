/** What the page asks of Downbeat, and as whom. The session is one for all windows of this browser. */

const SESSION = 'session';

export class Refusal extends Error {
  constructor(path, answer, problem) {
    super(problem.detail ?? problem.title ?? `${path.split('?')[0]} answered ${answer.status}`);
    Object.assign(this, { status: answer.status, problem, retryAfter: Number(answer.headers.get('Retry-After')) || 0 });
  }
}

/** The answer's JSON. `json` is sent as the body. */
export async function ask(path, { json, headers, ...options } = {}) {
  const answer = await fetch(path, {
    ...options,
    headers: { ...(json && { 'Content-Type': 'application/json' }), ...headers },
    ...(json && { body: JSON.stringify(json) }),
  });
  if (!answer.ok) throw new Refusal(path, answer, await answer.json().catch(() => ({})));
  return answer.status === 204 ? null : answer.json();
}

export const session = () => JSON.parse(localStorage.getItem(SESSION));

const changes = new EventTarget();
export const onSession = listener => changes.addEventListener('change', listener);
const changed = () => changes.dispatchEvent(new Event('change'));
addEventListener('storage', ({ key, oldValue, newValue }) => {
  if (key === SESSION && JSON.parse(oldValue)?.user_id !== JSON.parse(newValue)?.user_id) changed();
});

/** `refresh_key`: a refresh whose answer got lost is sent again under it, in place of a theft that it would look like. */
const keep = (answer, known) =>
  localStorage.setItem(SESSION, JSON.stringify({ ...known, ...answer, refresh_key: crypto.randomUUID() }));

/**
 * This browser is one device of a listener for as long as it keeps its storage. Where the listener's plan has no room
 * for it, it takes the place of the one that was away longest.
 */
export async function signIn(email, password) {
  const key = `device of ${email.toLowerCase()}`;
  const device = { type: 'web', name: 'Web player', device_id: localStorage.getItem(key) ?? crypto.randomUUID() };
  const open = more => ask('/v1/sessions', { method: 'POST', json: { email, password, device: { ...device, ...more } } });
  const answer = await open().catch(refusal => {
    const [longestAway] = refusal.problem?.devices ?? [];
    if (refusal.status !== 409 || !longestAway) throw refusal;
    return open({ replaces: longestAway.device_id });
  });
  localStorage.setItem(key, answer.device_id);
  keep(answer, { email });
  const { name } = await as('/v1/me').catch(() => ({}));
  localStorage.setItem(SESSION, JSON.stringify({ ...session(), name: name ?? email }));
  changed();
}

export async function signUp(name, email, password) {
  await ask('/v1/accounts', {
    method: 'POST',
    json: { name, email, password },
    headers: { 'Idempotency-Key': crypto.randomUUID() },
  });
  await signIn(email, password);
}

export async function signOut() {
  await as('/v1/sessions/current', { method: 'DELETE' }).catch(() => {}); // Offline, too, nobody is signed in here any more.
  localStorage.removeItem(SESSION);
  changed();
}

const same = (one, other) => one?.user_id === other.user_id && one.device_id === other.device_id;

/** Once for all windows: whoever waits finds the token that another has fetched. */
const refresh = used =>
  navigator.locks.request(SESSION, async () => {
    const now = session();
    if (!same(now, used) || now.access_token !== used.access_token) return;
    try {
      const answer = await ask('/v1/sessions/refresh', {
        method: 'POST',
        json: { refresh_token: now.refresh_token },
        headers: { 'Idempotency-Key': now.refresh_key },
      });
      if (same(session(), used)) keep(answer, now);
    } catch (refusal) {
      if (refusal.status === 401 && same(session(), used)) {
        localStorage.removeItem(SESSION);
        changed();
      }
      throw refusal;
    }
  });

/** As who is signed in when it is called. A token that is over is replaced once. */
export async function as(path, { headers, ...options } = {}) {
  const who = session();
  if (!who) throw new Error('Sign in first');
  const once = token => ask(path, { ...options, headers: { ...headers, Authorization: `Bearer ${token}` } });
  try {
    return await once(who.access_token);
  } catch (refusal) {
    if (refusal.status !== 401) throw refusal;
    await refresh(who);
    if (!same(session(), who)) throw new Error('Another listener has signed in');
    return once(session().access_token);
  }
}
