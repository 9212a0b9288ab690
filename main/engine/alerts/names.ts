import type { NameOf } from '../../../shared/alerts/sentence.ts';
import type { EngineStore } from '../store/engine-store.ts';

const DATASETS: Readonly<Record<string, string>> = { practice_id: 'practices', master_id: 'masters' };

interface DimensionRow {
  key: string;
  row: string;
}

/** Names of practices and masters; everything else stands for itself. */
export function namesIn(store: EngineStore, environment: string): NameOf {
  const known = new Map<string, Map<string, string>>();
  return (property, value) => {
    const dataset = DATASETS[property];
    if (dataset === undefined) return value;
    let names = known.get(dataset);
    if (names === undefined) known.set(dataset, (names = readNames(store, environment, dataset)));
    return names.get(value) ?? value;
  };
}

function readNames(store: EngineStore, environment: string, dataset: string): Map<string, string> {
  const rows = dimensionRows(store, environment, dataset);
  return new Map(
    rows.flatMap(({ key, row }): [string, string][] => {
      const { name } = JSON.parse(row) as { name?: unknown };
      return typeof name === 'string' ? [[key, name]] : [];
    }),
  );
}

export interface Release {
  version: string;
  releasedAt: string;
}

/** Releases in [fromMs, toMs]. */
export function releasesBetween(
  store: EngineStore,
  environment: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Release[] {
  return dimensionRows(store, environment, 'releases').flatMap(({ row }) => {
    const { version, released_at: at } = JSON.parse(row) as { version?: unknown; released_at?: unknown };
    const atMs = typeof at === 'number' ? at : Date.parse(String(at));
    if (typeof version !== 'string' || !(atMs >= fromMs && atMs <= toMs)) return [];
    return [{ version, releasedAt: new Date(atMs).toISOString() }];
  });
}

function dimensionRows({ db }: EngineStore, environment: string, dataset: string): DimensionRow[] {
  return db
    .prepare<[string, string], DimensionRow>(
      'SELECT key, row FROM dimension_rows WHERE environment = ? AND dataset = ? ORDER BY key',
    )
    .all(environment, dataset);
}
