import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// In development the API is the mock (npm run mock) or a real server, named by GM_API.
const api = process.env['GM_API'] ?? 'http://127.0.0.1:8090';

// What the server does as well: below deeper addresses, a <base> leads back to the folder of the dashboard.
const baseOfDeepPages: Plugin = {
  name: 'base-of-deep-pages',
  apply: 'serve',
  transformIndexHtml: (html, { originalUrl = '/' }) => {
    const depth = new URL(originalUrl, 'http://dev').pathname.split('/').length - 2;
    return depth === 0 ? html : html.replace('<head>', `<head><base href="${'../'.repeat(depth)}">`);
  },
};

export default defineConfig({
  // Relative, so that the same files work at the root of a host and under a sub-path behind a proxy.
  base: './',
  plugins: [react(), baseOfDeepPages],
  build: {
    target: 'es2023',
    cssMinify: true,
    sourcemap: false,
    // The content security policy has no data: source for fonts or scripts; a file is never inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    outDir: process.env['GM_DASHBOARD_OUT'] ?? 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        // All that every visit loads, in two scripts instead of one for each set of pages that share something: thirty small ones do not
        // compress as well, each names all others, and a new page would split them further. The libraries stay in caches between releases.
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'first', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', port: 5173, proxy: { '/api': api, '/v1': api, '/batch': api, '/openapi.json': api } },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://dashboard.test/' } },
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test_setup.ts'],
    restoreMocks: true,
    // A busy machine must not fail a test: one worker, and patience.
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 30_000,
  },
});
