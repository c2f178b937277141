/** What an album looks like: its cover, or one that is made from its id, always the same. */

const SVG = 'http://www.w3.org/2000/svg';

export function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const icon = name => svg('svg', { class: 'icon', 'aria-hidden': 'true' }, svg('use', { href: `#${name}` }));

/** Ten numbers from 0 to 1. */
function numbers(id) {
  let state = 2_166_136_261;
  for (const char of id) state = Math.imul(state ^ char.charCodeAt(0), 16_777_619);
  return Array.from({ length: 10 }, () => {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519);
    state = Math.imul(state ^ (state >>> 13), 3_266_489_917);
    return ((state ^= state >>> 16) >>> 0) / 2 ** 32;
  });
}

const circle = (cx, cy, r, more) => svg('circle', { cx, cy, r, ...more });

const MOTIFS = [
  // A sun over the sea.
  ([x, y, size], [, mid, light]) => [
    circle(25 + 50 * x, 30 + 20 * y, 16 + 12 * size, { fill: light }),
    ...[0, 1, 2].map(i => svg('rect', { x: 0, y: 60 + 14 * i, width: 100, height: 40, fill: mid, opacity: 0.55 })),
  ],
  // A record, off the centre.
  ([x, y], [dark, mid, light]) => [
    ...[46, 36, 26, 16].map((r, i) => circle(30 + 40 * x, 30 + 40 * y, r, { fill: i % 2 ? mid : light, opacity: 0.8 })),
    circle(30 + 40 * x, 30 + 40 * y, 5, { fill: dark }),
  ],
  // Bars of a song.
  (n, [, mid, light]) =>
    Array.from({ length: 7 }, (_, i) => {
      const height = 16 + 62 * n[i];
      return svg('rect', { x: 11 + 12 * i, y: 50 - height / 2, width: 7, height, rx: 3.5, fill: i % 3 ? light : mid });
    }),
  // Two moons, one before the other.
  ([x, y, size], [, mid, light]) => [
    circle(36 + 10 * x, 44 + 12 * y, 26 + 8 * size, { fill: mid, opacity: 0.9 }),
    circle(60 + 8 * y, 56 - 10 * x, 24 + 6 * size, { fill: light, opacity: 0.7 }),
  ],
  // Hills.
  ([x, y, size], [, mid, light]) => [
    circle(70 - 40 * x, 28, 10, { fill: light }),
    svg('path', { d: `M0 ${55 + 15 * y}Q25 ${30 + 20 * x} 50 ${55 + 10 * size}T100 ${50 + 15 * y}V100H0Z`, fill: mid, opacity: 0.8 }),
    svg('path', { d: `M0 ${75 + 8 * x}Q30 ${55 + 10 * size} 60 ${78}T100 ${70 + 8 * y}V100H0Z`, fill: light, opacity: 0.5 }),
  ],
];

export const hue = id => Math.floor(360 * numbers(id)[0]);

function drawn(id) {
  const [base, turn, motif, ...rest] = numbers(id);
  const hues = [360 * base, 360 * base + 30 + 60 * turn, 360 * base + 150 * turn];
  const colours = [`hsl(${hues[0]} 45% 22%)`, `hsl(${hues[1]} 60% 48%)`, `hsl(${hues[2]} 75% 72%)`];
  return svg(
    'svg',
    { viewBox: '0 0 100 100', 'aria-hidden': 'true' },
    svg('rect', { width: 100, height: 100, fill: colours[0] }),
    ...MOTIFS[Math.floor(MOTIFS.length * motif)](rest, colours),
  );
}

/** @param pixels 64, 300 or 640: as large as it may be shown */
export const coverUrl = (url, pixels) => (url?.startsWith('/covers/') ? url.replace(/\d+\.jpg$/, `${pixels}.jpg`) : null);

/** Draws into a box; a cover that does not come leaves what is made from the id. */
export function drawCover(box, { album_id: id, cover_url: url }, pixels) {
  const wanted = `${id} ${url ?? ''}`;
  if (box.dataset.cover === wanted) return;
  box.dataset.cover = wanted;
  box.replaceChildren(drawn(id));
  const source = coverUrl(url, pixels);
  if (!source) return;
  const image = Object.assign(new Image(), { alt: '', decoding: 'async' });
  image.addEventListener('load', () => box.dataset.cover === wanted && box.replaceChildren(image));
  image.src = source;
}
