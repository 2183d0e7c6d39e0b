// The browser loads this before the game: its compressed size is a promise.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const bytesMax = 6 * 1024;
const bytes = gzipSync(readFileSync(new URL("../dist/index.js", import.meta.url)), { level: 9 }).length;
console.log(`dist/index.js: ${bytes} bytes compressed (at most ${bytesMax})`);
process.exit(bytes > bytesMax ? 1 : 0);
