import path from 'node:path';
import { buildParts } from '../../main/build/build-parts.ts';
import { PARTS } from '../../main/build/freshness.js';

export async function setup(): Promise<void> {
  await buildParts({ root: path.resolve(import.meta.dirname, '../..'), parts: PARTS });
}
