import { readFileSync } from 'node:fs';
import path from 'node:path';
import { appPaths } from './paths.ts';

/** The version in package.json, of the clone or of the installed app. */
export function appVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(appPaths().root, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}
