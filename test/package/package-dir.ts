// npm run package:dir: the unpacked app under release/. Where the Electron binary is absent a made-up one stands in, so
// that what would be packed can be looked at anywhere; such a package does not start, and this says so.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buildParts } from '../../main/build/build-parts.ts';
import { PARTS } from '../../main/build/freshness.js';
import { ELECTRON_HINT, findElectronBinary } from '../../main/electron-binary.ts';
import { packageDir } from './run-packager.ts';

const root = path.resolve(import.meta.dirname, '../..');
const binary = findElectronBinary(root, process.env);
const outputDir = path.join(root, 'release');

await buildParts({ root, parts: PARTS });
await rm(outputDir, { recursive: true, force: true });
const appDir = await packageDir({
  outputDir,
  electronDist: binary === null ? 'made-up' : path.dirname(binary),
});
process.stdout.write(`packaged into ${path.relative(root, appDir)}\n`);
if (binary === null)
  process.stdout.write(`${ELECTRON_HINT}\nThis package holds a made-up executable: it does not start.\n`);
