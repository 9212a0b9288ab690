import { z } from 'zod';
import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { listSources } from './manage-sources.ts';
import { Name } from './source-config.ts';
import { isSourceKind, SOURCE_KINDS } from './source-kinds.ts';
import { checked } from './checked-config.ts';
import type { SourceInput } from './sources.ts';

const Draft = z.looseObject({ kind: z.string(), name: Name });

/** What the interface sends, as far as it concerns no kind; the rest is judged by the schema of its kind. */
export function draftOf(source: unknown): SourceInput {
  const draft = checked(Draft, source, 'source');
  if (!isSourceKind(draft.kind))
    throw new AppError(
      'bad-input',
      `unknown kind of source "${draft.kind}"; expected ${Object.keys(SOURCE_KINDS).join(', ')}`,
      { path: 'source.kind' },
    );
  return draft as unknown as SourceInput;
}

interface Settings {
  name: string;
  config: string;
  freshnessTargetMs: number | null;
}

/** By name, with what a person may edit. */
export function storedSources(db: Pick<ReadDb, 'prepare'>): StoredSource[] {
  const settings = db
    .prepare<[], Settings>(
      `SELECT name, config, freshness_target_ms AS freshnessTargetMs FROM sources WHERE removed_at_ms IS NULL`,
    )
    .all();
  const byName = new Map(settings.map((one) => [one.name, one]));
  return listSources(db).map((source) => {
    const { config = '{}', freshnessTargetMs = null } = byName.get(source.name) ?? {};
    return { ...source, config: JSON.parse(config) as Record<string, unknown>, freshnessTargetMs };
  });
}

export function storedSource(db: Pick<ReadDb, 'prepare'>, name: string): StoredSource {
  const found = storedSources(db).find((source) => source.name === name);
  if (found === undefined) throw new AppError('not-found', `there is no source named "${name}"`);
  return found;
}

/**
 * Another configuration for a source that is there. Kind, environment and dataset stay, as the rows that came belong to
 * them; another place begins its listing anew.
 */
export function updateSource(
  store: EngineStore,
  name: string,
  { kind = 'folder', ...input }: SourceInput,
): void {
  const known = storedSource(store.db, name);
  const next = SOURCE_KINDS[kind].prepared(input, store.dataDir);
  for (const [what, before, after] of [
    ['kind', known.kind, kind],
    ['environment', known.environment, next.environment],
    ['dataset', known.dataset, next.dataset],
  ] as const)
    if (before !== after)
      throw new AppError(
        'bad-input',
        `the ${what} of "${name}" is ${before ?? 'open'} and cannot become ${after}; add another source instead`,
        { path: `source.${what}` },
      );
  const { name: newName, environment: _environment, dataset: _dataset, freshnessTargetMs, ...config } = next;
  if (newName !== name && storedSources(store.db).some((one) => one.name === newName))
    throw new AppError('conflict', `there is already a source named "${newName}"`, { path: 'source.name' });
  store.db
    .prepare<[Record<string, unknown>]>(
      `UPDATE sources SET name = @newName, config = @config, freshness_target_ms = @freshnessTargetMs,
         checkpoint = CASE WHEN @isElsewhere = 1 THEN NULL ELSE checkpoint END, last_failure = NULL
       WHERE name = @name AND removed_at_ms IS NULL`,
    )
    .run({
      name,
      newName,
      config: JSON.stringify(config),
      freshnessTargetMs,
      isElsewhere: samePlace(known.config, config) ? 0 : 1,
    });
  store.onRevision(store.revision);
}

const PLACE = [
  'path',
  'keyTemplate',
  'bucket',
  'endpoint',
  'host',
  'port',
  'database',
  'table',
  'tableSchema',
  'cursor',
];

function samePlace(before: Record<string, unknown>, after: object): boolean {
  const next = after as Record<string, unknown>;
  return PLACE.every((part) => JSON.stringify(before[part]) === JSON.stringify(next[part]));
}
