import { AppError } from '../../../shared/errors.ts';
import { CohortDefinition } from '../../../shared/query/cohort.ts';
import type { SavedCohort } from '../../../shared/rpc/contract/cohorts.ts';
import { savedCohortOf } from '../../catalogue/cohort-rows.ts';
import type { CohortRow } from '../../catalogue/types.ts';
import type { EngineStore } from '../store/engine-store.ts';

/** Saved cohorts of a workspace; reading them is the query process' business. */

export interface CohortInput {
  environment: string;
  /** Null: a new one. */
  cohortId: string | null;
  name: string;
  /** `sameAs`: that of a saved cohort. */
  definition: CohortDefinition | { sameAs: string };
}

const MAX_ID_LENGTH = 56; // leaves room for the number that makes it the only one of its kind

export function saveCohort(store: EngineStore, input: CohortInput): SavedCohort {
  return store.db.transaction(() => {
    const { environment, name } = input;
    const definition =
      'sameAs' in input.definition
        ? definitionOf(rowOf(store, environment, input.definition.sameAs))
        : input.definition;
    const cohortId = input.cohortId ?? freeId(store, environment, name);
    const nowMs = store.now();
    store.db
      .prepare<[Record<string, unknown>]>(
        `INSERT INTO cohorts (environment, cohort_id, name, definition, created_at_ms, changed_at_ms, version)
         VALUES (@environment, @cohortId, @name, @definition, @nowMs, @nowMs, ${NEXT_VERSION})
         ON CONFLICT (environment, cohort_id) DO UPDATE SET name = excluded.name,
           definition = excluded.definition, changed_at_ms = excluded.changed_at_ms, version = excluded.version`,
      )
      .run({ environment, cohortId, name, definition: JSON.stringify(definition), nowMs });
    return savedCohortOf(rowOf(store, environment, cohortId));
  })();
}

/** Of what is removed only the id stays, so that nobody else is given it. */
export function removeCohort(store: EngineStore, environment: string, cohortId: string): SavedCohort {
  return store.db.transaction(() => {
    const row = rowOf(store, environment, cohortId);
    store.db
      .prepare<[Record<string, unknown>]>(
        `UPDATE cohorts SET name = NULL, definition = NULL, changed_at_ms = @nowMs, version = ${NEXT_VERSION}
         WHERE environment = @environment AND cohort_id = @cohortId`,
      )
      .run({ environment, cohortId, nowMs: store.now() });
    return {
      ...savedCohortOf(row),
      definition: row.definition.length > LARGEST_GIVEN_BACK ? null : definitionOf(row),
    };
  })();
}

const LARGEST_GIVEN_BACK = 2_000_000; // characters: below what a save takes back

const definitionOf = ({ definition }: CohortRow): CohortDefinition =>
  CohortDefinition.parse(JSON.parse(definition));

const NEXT_VERSION = '(SELECT coalesce(max(version), 0) + 1 FROM cohorts)';

function rowOf({ db }: EngineStore, environment: string, cohortId: string): CohortRow {
  const row = db
    .prepare<[string, string], CohortRow>(
      `SELECT cohort_id AS cohortId, name, definition, created_at_ms AS createdAtMs,
         changed_at_ms AS changedAtMs, version
       FROM cohorts WHERE environment = ? AND cohort_id = ? AND definition IS NOT NULL`,
    )
    .get(environment, cohortId);
  if (row === undefined)
    throw new AppError('not-found', `there is no cohort "${cohortId}" in environment "${environment}"`);
  return row;
}

/** The name in letters that an address may hold, numbered where it is taken. */
function freeId({ db }: EngineStore, environment: string, name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH);
  const base = plain === '' ? 'cohort' : plain;
  const taken = db.prepare<[string, string]>('SELECT 1 FROM cohorts WHERE environment = ? AND cohort_id = ?');
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (taken.get(environment, id) === undefined) return id;
  }
}
