import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { createQueryEngine, type QueryEngineOptions } from '../../main/query/create-query-engine.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import type { DatasetName } from '../../shared/domain/dimensions.ts';

export interface SceneWorkspace {
  zone?: string;
  weekStart?: 'monday' | 'sunday';
  /** Stands still there; null or absent: the clock. */
  asOfMs?: number | null;
  /** Rows per dataset and environment, imported in this order. Lists of lists are files of their own. */
  rows: Partial<Record<DatasetName, readonly object[] | readonly (readonly object[])[]>>;
  environment?: string;
}

/** A workspace filled through the import path, in a folder of its own. */
export interface FilledStore {
  dataDir: string;
  engine: (options?: Partial<QueryEngineOptions>) => QueryEngine;
  remove: () => void;
}

const IMPORT_ORDER: readonly DatasetName[] = [
  'taxonomy',
  'practices',
  'masters',
  'users',
  'acquisition_costs',
  'releases',
  'events',
];

export async function fillStore(scene: SceneWorkspace): Promise<FilledStore> {
  const root = mkdtempSync(path.join(scratchDir(), 'tidemark-query-'));
  const dataDir = path.join(root, 'data');
  createWorkspace(dataDir, {
    name: 'Test',
    zone: scene.zone ?? 'UTC',
    weekStart: scene.weekStart ?? 'monday',
    asOfMs: scene.asOfMs ?? null,
  });
  const store = openStore(dataDir);
  try {
    for (const dataset of IMPORT_ORDER) {
      for (const [index, rows] of filesOf(scene.rows[dataset] ?? []).entries()) {
        const file = path.join(root, `${dataset}-${index}.ndjson`);
        writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        await importFiles(store, [file], { environment: scene.environment ?? 'test', dataset });
      }
    }
  } finally {
    store.close();
  }
  return {
    dataDir,
    engine: (options = {}) => createQueryEngine({ dataDir, memoryBudgetBytes: 64 << 20, ...options }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** In memory where the system has such a folder: these tests are about answers, and fsync would take most of their time. */
const scratchDir = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

function filesOf(rows: readonly object[] | readonly (readonly object[])[]): (readonly object[])[] {
  if (rows.length === 0) return [];
  return Array.isArray(rows[0]) ? [...(rows as readonly (readonly object[])[])] : [rows as readonly object[]];
}
