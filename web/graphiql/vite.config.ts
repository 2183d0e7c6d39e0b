import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// GraphiQL's style sheet carries fonts and icons as data: URLs, 350 KB of them, which the content security policy has no
// source for.
const withoutDataUrls: Plugin = {
  name: 'without-data-urls',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('.css')
      ? code.replaceAll(/@font-face\s*\{[^}]*\}|background(?:-image)?:\s*url\(["']?data:[^)]*\)[^;}]*;?/g, '')
      : undefined,
};

export default defineConfig({
  // Relative, as the dashboard's: the page works under a sub-path behind a proxy.
  base: './',
  plugins: [withoutDataUrls, react()],
  resolve: {
    alias: { 'react-style-singleton': fileURLToPath(new URL('src/no_scroll_lock.ts', import.meta.url)) },
  },
  build: {
    target: 'es2023',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    outDir: process.env['GM_DASHBOARD_OUT'] ?? 'dist',
    emptyOutDir: true,
  },
  server: { host: '127.0.0.1', port: 5174, proxy: { '/graphql': process.env['GM_API'] ?? 'http://127.0.0.1:8080' } },
});
