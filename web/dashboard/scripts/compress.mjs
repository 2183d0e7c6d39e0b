// Writes a brotli and a gzip twin beside each built file that gets smaller by it; the server only chooses between them.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { outputDirectory } from './output_directory.mjs';

const compressible = /\.(js|css|html|svg|json|txt)$/;

for (const name of readdirSync(outputDirectory, { recursive: true })) {
  const path = join(outputDirectory, name);
  if (!statSync(path).isFile() || !compressible.test(name)) continue;
  const bytes = readFileSync(path);
  const twins = {
    '.br': brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      },
    }),
    '.gz': gzipSync(bytes, { level: 9 }),
  };
  for (const [suffix, twin] of Object.entries(twins)) {
    if (twin.length < bytes.length) writeFileSync(path + suffix, twin);
  }
}
