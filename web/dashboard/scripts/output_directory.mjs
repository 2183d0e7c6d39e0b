import { resolve } from 'node:path';

// The CMake build gives each build directory its own output, so that two builds do not write into each other.
export const outputDirectory = resolve(process.env.GM_DASHBOARD_OUT ?? 'dist');
