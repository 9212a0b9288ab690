import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { SavedView } from '../../../shared/rpc/contract/views.ts';
import { writeSecretFile } from '../secrets/secret-file.ts';

const FILE_NAME = 'saved-views.json';
const MOST_VIEWS = 500; // more than a list can be searched by eye; keeps the file small enough to write whole

const FileContent = z.strictObject({ version: z.literal(1), views: z.array(SavedView) });

interface ViewInput {
  /** null: a new one. */
  viewId: string | null;
  name: string;
  address: string;
}

/** Saved views lie beside the catalogue, not in it: they are of this person and machine, and a rebuilt store keeps them. */
export class SavedViews {
  readonly #file: string;
  readonly #now: () => number;

  constructor(dataDir: string, now: () => number) {
    this.#file = path.join(dataDir, FILE_NAME);
    this.#now = now;
  }

  list(): SavedView[] {
    return this.#read().toSorted(byName);
  }

  save({ viewId, name, address }: ViewInput): SavedView {
    const views = this.#read();
    const known = views.find((view) => view.viewId === viewId);
    if (known === undefined && views.length >= MOST_VIEWS)
      throw new AppError('bad-input', `there are ${MOST_VIEWS} saved views; remove one first`, {
        path: 'name',
      });
    const now = new Date(this.#now()).toISOString();
    const saved: SavedView = {
      viewId: known?.viewId ?? viewId ?? freeId(name, views),
      name,
      address,
      createdAt: known?.createdAt ?? now,
      changedAt: now,
    };
    this.#write([...views.filter((view) => view !== known), saved]);
    return saved;
  }

  remove(viewId: string): SavedView {
    const views = this.#read();
    const removed = views.find((view) => view.viewId === viewId);
    if (removed === undefined) throw new AppError('not-found', `there is no saved view "${viewId}"`);
    this.#write(views.filter((view) => view !== removed));
    return removed;
  }

  #read(): SavedView[] {
    const text = readIfThere(this.#file);
    if (text === null) return [];
    try {
      return FileContent.parse(JSON.parse(text)).views;
    } catch (cause) {
      throw new AppError(
        'corrupt',
        `${FILE_NAME} in the data folder cannot be read; move it away to begin anew`,
        {
          cause,
        },
      );
    }
  }

  #write(views: SavedView[]): void {
    const text = JSON.stringify({ version: 1, views } satisfies z.infer<typeof FileContent>, null, 2);
    writeSecretFile(this.#file, Buffer.from(`${text}\n`));
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new AppError('not-readable', `${FILE_NAME} in the data folder cannot be read`, { cause });
  }
}

const byName = (a: SavedView, b: SavedView): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.viewId < b.viewId ? -1 : 1;

const MAX_ID_LENGTH = 56; // leaves room for the number that makes it the only one of its kind

/** The name in letters that an address may hold, numbered where it is taken. */
function freeId(name: string, views: readonly SavedView[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH);
  const base = plain === '' ? 'view' : plain;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!views.some((view) => view.viewId === id)) return id;
  }
}
