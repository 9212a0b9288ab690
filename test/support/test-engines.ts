import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureEngines } from './install-engines.ts';

/** A module of the real servers and readers that tests compare with; installs them where they are missing. */
export async function loadEngine<T>(name: string): Promise<T> {
  await ensureEngines();
  return createRequire(path.resolve(import.meta.dirname, '../engines/package.json'))(name) as T;
}
