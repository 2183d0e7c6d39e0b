/** A place on a grid of so many columns; rows go on downwards. */
export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Placed extends Place {
  id: string;
}

export const columns = 12;
export const smallest = { w: 3, h: 2 };
export const largest = { w: columns, h: 12 };

const between = (value: number, low: number, high: number) => Math.min(Math.max(Math.round(value), low), high);

/** The same place inside of the grid, and of a size that can be read. */
export function bounded(place: Place): Place {
  const w = between(place.w, smallest.w, largest.w);
  return {
    w,
    h: between(place.h, smallest.h, largest.h),
    x: between(place.x, 0, columns - w),
    y: Math.max(0, Math.round(place.y)),
  };
}

const meet = (a: Place, b: Place) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const middle = (place: Place) => place.y + place.h / 2;

/**
 * Every tile as high as it can go without meeting another; `first` says which comes first of two that want the same rows.
 * Tiles of one column keep their order, since the middle of the upper one is above that of the lower one.
 */
function settle<Tile extends Placed>(tiles: Tile[], first: (tile: Tile) => number): Tile[] {
  const settled: Tile[] = [];
  for (const tile of tiles.toSorted((a, b) => first(a) - first(b) || a.x - b.x)) {
    let y = 0;
    while (settled.some((other) => meet({ ...tile, y }, other))) y += 1;
    settled.push({ ...tile, y });
  }
  return tiles.map((tile) => settled.find(({ id }) => id === tile.id) ?? tile);
}

export const compacted = <Tile extends Placed>(tiles: Tile[]): Tile[] => settle(tiles, middle);

/** One tile at another place, and the others out of its way. */
export function moved<Tile extends Placed>(tiles: Tile[], id: string, wanted: Place): Tile[] {
  const before = tiles.find((tile) => tile.id === id);
  if (!before) return tiles;
  const place = bounded(wanted);
  const changed = tiles.map((tile) => (tile.id === id ? { ...tile, ...place } : tile));
  // On its way down it passes a tile once its lower edge is past the middle of that one, and on its way up with its upper edge.
  const goesDown = place.y > before.y;
  return settle(changed, (tile) => (tile.id !== id ? middle(tile) : goesDown ? place.y + place.h : place.y));
}

const sameOrder = (a: Placed[], b: Placed[]) => JSON.stringify(a) === JSON.stringify(b);

/** One step by keyboard: as far as it takes until something changes, since tiles always go up as high as they can. */
export function stepped<Tile extends Placed>(tiles: Tile[], id: string, step: { x: number; y: number }): Tile[] {
  const tile = tiles.find((one) => one.id === id);
  if (!tile) return tiles;
  const reach = step.y === 0 ? 1 : rowsOf(tiles) + tile.h;
  for (let far = 1; far <= reach; far += 1) {
    const next = moved(tiles, id, { ...tile, x: tile.x + step.x * far, y: tile.y + step.y * far });
    if (!sameOrder(next, tiles)) return next;
  }
  return tiles;
}

export const rowsOf = (tiles: Place[]): number => Math.max(0, ...tiles.map(({ y, h }) => y + h));

/** The first free place at the end. */
export const lastPlace = (tiles: Place[], size: { w: number; h: number }): Place => ({ x: 0, y: rowsOf(tiles), ...size });
