import path from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

const ENTRIES = {
  cli: 'cli/main.ts',
  server: 'hosts/server/main.ts',
  electron: 'hosts/electron/main.ts',
  engine: 'engine/entry.ts',
  query: 'query/entry.ts',
  'query-worker': 'query/workers/worker-entry.ts',
};

/** Everything is bundled but what has native code or is the host itself, so an installed app needs one package. */
export default defineConfig({
  root: here,
  ssr: { target: 'node', noExternal: true, external: ['better-sqlite3', 'electron'] },
  build: {
    ssr: true,
    target: 'node22',
    outDir: path.join(here, '../dist/main'),
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, path.join(here, file)])),
      output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
    },
  },
});
