import path from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** A sandboxed preload cannot be ESM, nor be split. */
export default defineConfig({
  root: here,
  ssr: { target: 'node', noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    target: 'node22',
    outDir: path.join(here, '../dist/preload'),
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: path.join(here, 'index.ts'),
      output: { format: 'cjs', entryFileNames: 'index.cjs', codeSplitting: false },
    },
  },
});
