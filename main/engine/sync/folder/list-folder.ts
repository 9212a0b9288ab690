import { type Dir, accessSync, constants, opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { SourceFault } from '../source-fault.ts';
import { objectFormatOf } from '../formats/object-format.ts';
import type { ListedObject } from '../source-reader.ts';

export interface Listing {
  /** By key: the path below the folder, `/` between names. The version is the modification time in nanoseconds. */
  objects: ListedObject[];
  /** Files whose ending is none of rows. */
  ignored: number;
  /** Folders below that could not be listed, and links that lead nowhere. */
  unreadable: string[];
}

/** Files of rows anywhere below a folder, by key; hidden files and unfinished uploads are left alone. */
export function listFolder(folder: string, matchesKey: (key: string) => boolean): Listing {
  checkFolder(folder);
  const listing: Listing = { objects: [], ignored: 0, unreadable: [] };
  walk(folder, '', matchesKey, listing);
  listing.objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  return listing;
}

function checkFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new SourceFault('not-found', `the folder ${folder} does not exist`);
  if (!stats.isDirectory()) throw new SourceFault('bad-input', `${folder} is not a folder`);
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new SourceFault('not-readable', `the folder ${folder} cannot be read`, { cause: error });
  }
}

function walk(folder: string, prefix: string, matchesKey: (key: string) => boolean, listing: Listing): void {
  const directory = openFolder(folder);
  if (directory === null) {
    listing.unreadable.push(folder);
    return;
  }
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (entry.name.startsWith('.')) continue;
      const key = prefix + entry.name;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file, `${key}/`, matchesKey, listing);
      else if (matchesKey(key)) addFile(key, file, listing);
    }
  } finally {
    directory.closeSync();
  }
}

function openFolder(folder: string): Dir | null {
  try {
    return opendirSync(folder);
  } catch {
    return null;
  }
}

function addFile(key: string, file: string, listing: Listing): void {
  const format = objectFormatOf(key);
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) listing.unreadable.push(file);
  if (stats?.isFile() !== true) return;
  if (format === undefined) {
    listing.ignored++;
    return;
  }
  listing.objects.push({
    key,
    label: file,
    sizeBytes: Number(stats.size),
    version: String(stats.mtimeNs),
    format,
  });
}
