// Draws src/geo/world.json anew: one path a country, from the public-domain outlines of Natural Earth as `world-atlas` packs them.
//   npm install --no-save world-atlas@2.0.2 && node scripts/make_world.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const width = 1000;
const smallestArea = 1.2;
const { objects, arcs, transform } = JSON.parse(
  readFileSync(here('../node_modules/world-atlas/countries-110m.json'), 'utf8'),
);

// The outlines have numbers of ISO 3166; those without one belong, in ISO's words, to the country named here.
const withoutNumber = { Kosovo: 'XK', 'N. Cyprus': 'CY', Somaliland: 'SO' };
const codeOf = ({ id, properties }) =>
  id === undefined ? withoutNumber[properties.name] : new Intl.Locale(`und-${id}`).region;

// Equal Earth (Savric, Patterson, Jenny 2018): areas keep their size, so that a large tint is a large country.
const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796];
function project([longitude, latitude]) {
  const [x, y] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
  const t = Math.asin((Math.sqrt(3) / 2) * Math.sin(y));
  const [t2, t6] = [t * t, t ** 6];
  const scale = 9 * a4 * t2 ** 4 + 7 * a3 * t6 + 3 * a2 * t2 + a1;
  return [(2 * Math.sqrt(3) * x * Math.cos(t)) / (3 * scale), t * (a4 * t2 ** 4 + a3 * t6 + a2 * t2 + a1)];
}
const [edge] = project([180, 0]);
const top = project([0, 84])[1];
const toPicture = ([x, y]) => [((x + edge) * width) / (2 * edge), ((top - y) * width) / (2 * edge)];

const lines = arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    [x, y] = [x + dx, y + dy];
    return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
  });
});
const outlineOf = (indexes) =>
  indexes.flatMap((index, at) => (index < 0 ? lines[~index].toReversed() : lines[index]).slice(at === 0 ? 0 : 1));

/** What crosses the 180th meridian is drawn at both edges of the picture, which cuts off what lies beyond it. */
function ringsOf(indexes) {
  let shift = 0;
  const whole = outlineOf(indexes).map(([longitude, latitude], at, all) => {
    const step = at === 0 ? 0 : longitude - all[at - 1][0];
    if (Math.abs(step) > 180) shift -= Math.sign(step) * 360;
    return [longitude + shift, latitude];
  });
  const longitudes = whole.map(([longitude]) => longitude);
  const shifts = [0];
  if (Math.max(...longitudes) > 180) shifts.push(-360);
  if (Math.min(...longitudes) < -180) shifts.push(360);
  return shifts.map((by) => whole.map(([longitude, latitude]) => toPicture(project([longitude + by, latitude]))));
}
const areaOf = (ring) =>
  Math.abs(
    ring.reduce(
      (sum, [x, y], at) => sum + x * ring[(at + 1) % ring.length][1] - ring[(at + 1) % ring.length][0] * y,
      0,
    ),
  ) / 2;

/** Whole pixels of a picture 1000 wide, each point told from the one before it. */
function pathOf(ring) {
  let [x, y] = [0, 0];
  const steps = ring.map((point, at) => {
    const [nextX, nextY] = point.map(Math.round);
    const step = `${at === 0 ? 'M' : 'l'}${nextX - x},${nextY - y}`;
    [x, y] = [nextX, nextY];
    return at > 0 && step === 'l0,0' ? '' : step;
  });
  const first = ring[0].map(Math.round);
  return `M${first.join(',')}${steps.slice(1).join('')}z`;
}

const world = {};
for (const geometry of objects.countries.geometries) {
  const code = codeOf(geometry);
  if (code === undefined || code === 'AQ') continue;
  const polygons = geometry.type === 'Polygon' ? [geometry.arcs] : geometry.arcs;
  const rings = polygons.flat().flatMap(ringsOf);
  const largest = Math.max(...rings.map(areaOf));
  const kept = rings.filter((ring) => areaOf(ring) >= smallestArea || areaOf(ring) === largest);
  world[code] = (world[code] ?? '') + kept.map(pathOf).join('');
}
const sorted = Object.fromEntries(Object.entries(world).toSorted(([a], [b]) => a.localeCompare(b)));
writeFileSync(here('../src/geo/world.json'), `${JSON.stringify(sorted, null, 1)}\n`);
console.log(`${Object.keys(sorted).length} countries`);
