// A QR code (ISO/IEC 18004) of a text in bytes, with error correction level M: the secret of an authenticator app is read by a camera.

import { correctionOf } from './error_correction';

interface Version {
  /** All bytes, those of correction among them. */
  bytes: number;
  correctionPerBlock: number;
  blocks: number;
  /** Middles of the alignment patterns. */
  aligned: number[];
}

/** Versions 1 to 10 of level M: up to 213 bytes, which is more than any such secret's address has. */
const versions: Version[] = [
  { bytes: 26, correctionPerBlock: 10, blocks: 1, aligned: [] },
  { bytes: 44, correctionPerBlock: 16, blocks: 1, aligned: [6, 18] },
  { bytes: 70, correctionPerBlock: 26, blocks: 1, aligned: [6, 22] },
  { bytes: 100, correctionPerBlock: 18, blocks: 2, aligned: [6, 26] },
  { bytes: 134, correctionPerBlock: 24, blocks: 2, aligned: [6, 30] },
  { bytes: 172, correctionPerBlock: 16, blocks: 4, aligned: [6, 34] },
  { bytes: 196, correctionPerBlock: 18, blocks: 4, aligned: [6, 22, 38] },
  { bytes: 242, correctionPerBlock: 22, blocks: 4, aligned: [6, 24, 42] },
  { bytes: 292, correctionPerBlock: 22, blocks: 5, aligned: [6, 26, 46] },
  { bytes: 346, correctionPerBlock: 26, blocks: 5, aligned: [6, 28, 50] },
];

const dataBytes = ({ bytes, correctionPerBlock, blocks }: Version): number => bytes - correctionPerBlock * blocks;
const lengthBits = (version: number): number => (version < 10 ? 8 : 16);

/** Rows of modules, true where dark; null: the text is too long. */
export function qrCode(text: string): boolean[][] | null {
  const bytes = [...new TextEncoder().encode(text)];
  const index = versions.findIndex((one, at) => 4 + lengthBits(at + 1) + 8 * bytes.length <= 8 * dataBytes(one));
  const version = versions[index];
  if (!version) return null;
  const words = interleaved(padded(bytes, index + 1, dataBytes(version)), version);
  const masks = Array.from({ length: 8 }, (_, mask) => drawn(index + 1, version, words, mask));
  return masks.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

/** Mode, length and text as bytes, filled up to the version's room. */
function padded(bytes: number[], version: number, room: number): number[] {
  const bits: number[] = [];
  const push = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, room * 8 - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  const words = Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((value, bit) => value * 2 + bit, 0),
  );
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** The blocks' bytes in turn, then those that correct them in turn. The later blocks have one byte more where they are not equal. */
function interleaved(data: number[], version: Version): number[] {
  const { blocks, correctionPerBlock } = version;
  const short = Math.floor(data.length / blocks);
  const longer = data.length % blocks;
  const parts: number[][] = [];
  for (let at = 0; parts.length < blocks; ) {
    const size = short + (parts.length < blocks - longer ? 0 : 1);
    parts.push(data.slice(at, at + size));
    at += size;
  }
  const correcting = parts.map((part) => correctionOf(part, correctionPerBlock));
  const inTurn = (all: number[][], longest: number): number[] =>
    Array.from({ length: longest }, (_, at) => all.flatMap((one) => one.slice(at, at + 1))).flat();
  return [...inTurn(parts, short + 1), ...inTurn(correcting, correctionPerBlock)];
}

type Grid = (boolean | null)[][];

const set = (grid: Grid, x: number, y: number, dark: boolean): void => {
  const row = grid[y];
  if (row && x >= 0 && x < row.length) row[x] = dark;
};

function drawn(number: number, version: Version, words: number[], mask: number): boolean[][] {
  const size = 17 + 4 * number;
  const grid: Grid = Array.from({ length: size }, () => new Array<boolean | null>(size).fill(null));
  drawPatterns(grid, version);
  drawFormat(grid, mask);
  if (number >= 7) drawVersion(grid, number);
  drawWords(grid, words, mask);
  return grid.map((row) => row.map((dark) => dark === true));
}

/** What a reader finds the code by. */
function drawPatterns(grid: Grid, { aligned }: Version): void {
  const last = grid.length - 1;
  for (let at = 0; at < grid.length; at += 1) {
    set(grid, 6, at, at % 2 === 0);
    set(grid, at, 6, at % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [last - 3, 3], [3, last - 3]] as const) square(grid, x, y, 4, (ring) => ring !== 2 && ring !== 4);
  for (const x of aligned) {
    for (const y of aligned) {
      // Three of them would lie on the finders.
      const onFinder = (x === 6 && (y === 6 || y === last - 6)) || (y === 6 && x === last - 6);
      if (!onFinder) square(grid, x, y, 2, (ring) => ring !== 1);
    }
  }
}

function square(grid: Grid, x: number, y: number, reach: number, isDark: (ring: number) => boolean): void {
  for (let down = -reach; down <= reach; down += 1)
    for (let right = -reach; right <= reach; right += 1)
      set(grid, x + right, y + down, isDark(Math.max(Math.abs(down), Math.abs(right))));
}

/** The remainder of a value, shifted by `bits`, by a polynomial of that degree. */
function remainder(value: number, polynomial: number, bits: number): number {
  let rest = value;
  for (let at = 0; at < bits; at += 1) rest = (rest << 1) ^ ((rest >>> (bits - 1)) * polynomial);
  return rest;
}

function drawFormat(grid: Grid, mask: number): void {
  const last = grid.length - 1;
  // Level M is 00.
  const bits = ((mask << 10) | remainder(mask, 0x537, 10)) ^ 0x5412;
  const dark = (at: number) => ((bits >>> at) & 1) === 1;
  for (let at = 0; at <= 5; at += 1) set(grid, 8, at, dark(at));
  set(grid, 8, 7, dark(6));
  set(grid, 8, 8, dark(7));
  set(grid, 7, 8, dark(8));
  for (let at = 9; at < 15; at += 1) set(grid, 14 - at, 8, dark(at));
  for (let at = 0; at < 8; at += 1) set(grid, last - at, 8, dark(at));
  for (let at = 8; at < 15; at += 1) set(grid, 8, last - 14 + at, dark(at));
  set(grid, 8, last - 7, true);
}

function drawVersion(grid: Grid, number: number): void {
  const bits = (number << 12) | remainder(number, 0x1f25, 12);
  for (let at = 0; at < 18; at += 1) {
    const dark = ((bits >>> at) & 1) === 1;
    const far = grid.length - 11 + (at % 3);
    const near = Math.floor(at / 3);
    set(grid, far, near, dark);
    set(grid, near, far, dark);
  }
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Bit by bit in columns of two from the right, up and down in turn, wherever nothing is drawn yet. */
function drawWords(grid: Grid, words: number[], mask: number): void {
  const size = grid.length;
  const flips = masks[mask];
  let bit = 0;
  for (let right = size - 1, up = true; right >= 1; right -= 2, up = !up) {
    // The column of the timing pattern is left out.
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid[y]?.[x] !== null) continue;
        const dark = (((words[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
        bit += 1;
        set(grid, x, y, dark !== (flips?.(x, y) ?? false));
      }
    }
  }
}

/** How hard a code is to read: long runs, blocks, what looks like a finder, and how far it is from half dark. */
export function penalty(code: boolean[][]): number {
  const columns = code.map((_, x) => code.map((row) => row[x] ?? false));
  const lines = [...code, ...columns];
  const dark = code.flat().filter(Boolean).length / code.length ** 2;
  return (
    lines.reduce((sum, line) => sum + runs(line) + 40 * finders(line), 0) +
    3 * squaresOfFour(code) +
    10 * Math.floor(Math.abs(dark * 100 - 50) / 5)
  );
}

function runs(line: boolean[]): number {
  let [points, length] = [0, 0];
  line.forEach((dark, at) => {
    length = at > 0 && dark === line[at - 1] ? length + 1 : 1;
    if (length === 5) points += 3;
    else if (length > 5) points += 1;
  });
  return points;
}

const looksLikeFinder = /(?=00001011101|10111010000)/g;
const finders = (line: boolean[]): number => [...line.map((dark) => (dark ? '1' : '0')).join('').matchAll(looksLikeFinder)].length;

function squaresOfFour(code: boolean[][]): number {
  let count = 0;
  for (let y = 1; y < code.length; y += 1)
    for (let x = 1; x < code.length; x += 1) {
      const corner = code[y]?.[x];
      if (corner === code[y - 1]?.[x] && corner === code[y]?.[x - 1] && corner === code[y - 1]?.[x - 1]) count += 1;
    }
  return count;
}
