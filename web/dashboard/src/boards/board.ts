import { isDate } from '../format/dates';
import { presets, type Preset } from '../state/range';
import { bounded, compacted, type Placed } from './layout';

/** One saved insight: the page that asks, what it asks as it stands in that page's address, and which of its charts is shown. */
export interface Tile extends Placed {
  page: string;
  chart: string;
  /** As in the page's address, without a range. */
  query: string;
  name?: string;
  /** A range of its own: a preset, or two dates with two dots between; without one it has the board's. */
  range?: string;
}

export interface Board {
  id: string;
  name: string;
  tiles: Tile[];
  /** Kept on the server for everybody, rather than in one browser. Where it is kept, and no part of what is. */
  published?: true;
}

export const limits = { boards: 50, tiles: 40, name: 80, query: 4000 };

/** The version that exports and links begin with; another one is not read. */
export const formatVersion = 1;

const isText = (value: unknown, longest: number): value is string => typeof value === 'string' && value.length <= longest;

export function isTileRange(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  if (Object.hasOwn(presets, text)) return true;
  const [from, to, ...more] = text.split('..');
  return more.length === 0 && isDate(from ?? '') && isDate(to ?? '') && (from ?? '') <= (to ?? '');
}

/** A tile's own range as a page's address has it. */
export function rangeOfTile(text: string): { range: Preset } | { from: string; to: string } {
  const [from = '', to = ''] = text.split('..');
  return to === '' ? { range: from as Preset } : { from, to };
}

type Unknown = Partial<Record<string, unknown>>;
const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null && !Array.isArray(value);

function readTile(given: unknown, index: number): Tile[] {
  if (!isObject(given)) return [];
  const { page, chart, query, name, range, x, y, w, h } = given;
  if (!isText(page, 60) || !/^\/[a-z-]*$/.test(page) || !isText(chart, 60) || chart === '' || !isText(query, limits.query)) return [];
  const place = [x, y, w, h].map(Number);
  if (!place.every(Number.isFinite)) return [];
  const [px = 0, py = 0, pw = 0, ph = 0] = place;
  return [
    {
      // Ids of elsewhere may repeat; inside of a board each is its own.
      id: `t${index + 1}`,
      page,
      chart,
      query,
      ...(isText(name, limits.name) && name.trim() !== '' ? { name: name.trim() } : {}),
      ...(isTileRange(range) ? { range } : {}),
      ...bounded({ x: px, y: py, w: pw, h: ph }),
    },
  ];
}

/** A board of somebody else's making: what is valid of it, or null where it is none. */
export function readBoard(given: unknown): Board | null {
  if (!isObject(given) || !isText(given['name'], limits.name) || !Array.isArray(given['tiles'])) return null;
  const tiles = given['tiles'].slice(0, limits.tiles).flatMap(readTile);
  return {
    id: isText(given['id'], 40) && given['id'] !== '' ? given['id'] : newId(),
    name: given['name'].trim() || 'Board',
    tiles: compacted(tiles),
  };
}

export const newId = (): string => Math.random().toString(36).slice(2, 10);

const nextTileId = (tiles: Tile[]): string =>
  `t${1 + Math.max(0, ...tiles.map(({ id }) => Number(id.slice(1)) || 0))}`;

export const withTile = (board: Board, tile: Omit<Tile, 'id'>): Board => ({
  ...board,
  tiles: compacted([...board.tiles, { ...tile, id: nextTileId(board.tiles) }]),
});

export const withoutTile = (board: Board, id: string): Board => ({
  ...board,
  tiles: compacted(board.tiles.filter((tile) => tile.id !== id)),
});

/** Undefined members go out of the tile. */
export const withChange = (board: Board, id: string, change: { [Name in keyof Tile]?: Tile[Name] | undefined }): Board => ({
  ...board,
  tiles: board.tiles.map((tile) =>
    tile.id === id
      ? (Object.fromEntries(Object.entries({ ...tile, ...change }).filter(([, value]) => value !== undefined)) as unknown as Tile)
      : tile,
  ),
});

/** The file of an export. */
export const exportText = (boards: Board[]): string => `${JSON.stringify({ version: formatVersion, boards }, null, 2)}\n`;

/** The boards of an exported file, with new ids so that they replace none; null where it is not such a file. */
export function importedBoards(text: string): Board[] | null {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(given) || given['version'] !== formatVersion || !Array.isArray(given['boards'])) return null;
  const boards = given['boards'].map(readBoard);
  return boards.every((board) => board !== null) && boards.length > 0
    ? boards.map((board) => ({ ...board, id: newId() }))
    : null;
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** A tile of a link: in an address each letter counts. */
const packed = ({ page, chart, query, x, y, w, h, name, range }: Tile) => [page, chart, query, x, y, w, h, name ?? '', range ?? ''];
const unpacked = (given: unknown): unknown => {
  const [page, chart, query, x, y, w, h, name, range] = Array.isArray(given) ? (given as unknown[]) : [];
  return { page, chart, query, x, y, w, h, name, range };
};

/** A board as one parameter of an address: no id, no key, nothing of this browser. */
export const linkText = ({ name, tiles }: Board): string =>
  `${formatVersion}.${toBase64Url(new TextEncoder().encode(JSON.stringify([name, ...tiles.map(packed)])))}`;

/** The id of a board that came with a link and is kept nowhere. */
export const sharedId = 'shared';

export function boardOfLink(text: string): Board | null {
  const [version, code = ''] = text.split('.');
  if (version !== String(formatVersion)) return null;
  try {
    const bytes = Uint8Array.from(atob(code.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const [name, ...tiles] = JSON.parse(new TextDecoder().decode(bytes)) as unknown[];
    return readBoard({ id: sharedId, name, tiles: tiles.map(unpacked) });
  } catch {
    // Cut off on its way through a mail or a chat.
    return null;
  }
}
