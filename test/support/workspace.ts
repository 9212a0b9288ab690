import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, type StoreOptions, openStore } from '../../main/engine/store/engine-store.ts';
import type { FolderSourceInput } from '../../main/engine/sync/source-config.ts';
import { type SyncOptions, runSync } from '../../main/engine/sync/run-sync.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';

/** In memory where the system allows it: there fsync costs nothing. */
export const FAST_DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
export const NOW_MS = Date.parse('2026-11-19T13:32:00Z');

/** An empty workspace in a folder of its own, with a folder of raw files beside it. */
export interface TestWorkspace {
  dataDir: string;
  rawDir: string;
  /** Writes a raw file below `rawDir`; rows become NDJSON, `.gz` is packed. */
  raw: (name: string, content: readonly object[] | string | Uint8Array) => string;
  /** Opens the store, runs `work` and closes it again. */
  withStore: <T>(work: (store: EngineStore) => T | Promise<T>, options?: StoreOptions) => Promise<T>;
  sync: (options?: Partial<SyncOptions>, storeOptions?: StoreOptions) => Promise<SyncState>;
  addFolder: (source?: Partial<FolderSourceInput>) => Promise<number>;
  remove: () => void;
}

/** On the disk, or where the system allows it in memory: there fsync costs nothing. */
export function testWorkspace(place: 'disk' | 'memory' = 'disk', zone = 'UTC'): TestWorkspace {
  const parent = place === 'memory' ? FAST_DISK : tmpdir();
  const root = mkdtempSync(path.join(parent, 'tidemark-test-'));
  const dataDir = path.join(root, 'data');
  const rawDir = path.join(root, 'raw');
  mkdirSync(rawDir);
  createWorkspace(dataDir, { name: 'Test', zone, now: () => NOW_MS });

  const workspace: TestWorkspace = {
    dataDir,
    rawDir,
    raw(name, content) {
      const file = path.join(rawDir, name);
      mkdirSync(path.dirname(file), { recursive: true });
      const bytes = typeof content === 'string' || content instanceof Uint8Array ? content : ndjson(content);
      writeFileSync(file, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
      return file;
    },
    async withStore(work, options = {}) {
      const store = openStore(dataDir, { now: () => NOW_MS, ...options });
      try {
        return await work(store);
      } finally {
        store.close();
      }
    },
    sync: (options = {}, storeOptions = {}) =>
      workspace.withStore((store) => runSync(store, { sourceName: null, ...options }), storeOptions),
    addFolder: (source = {}) =>
      workspace.withStore((store) =>
        addSource(store, { name: 'events', environment: 'test', path: rawDir, ...source }),
      ),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return workspace;
}

export const ndjson = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A plain event; `n` makes its id and time. */
export function eventOf(n: number, fields: object = {}): Record<string, unknown> {
  return {
    event_id: `event-${n}`,
    event_type: 'page_view',
    ts: new Date(Date.UTC(2026, 10, 1) + n * 60_000).toISOString(),
    received_at: new Date(Date.UTC(2026, 10, 1) + n * 60_000 + 2000).toISOString(),
    user_id: `usr_${n % 7}`,
    properties: { page_path: `/page/${n % 5}` },
    ...fields,
  };
}
