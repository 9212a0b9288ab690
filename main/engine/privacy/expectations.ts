import { AppError } from '../../../shared/errors.ts';
import type { ExpectationInfo } from '../../../shared/rpc/contract/privacy.ts';
import { grownU8 } from '../store/growable.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { VALUE_KIND } from '../store/event-columns.ts';
import type { EventDraft } from '../store/event-draft.ts';
import type { FieldPlan } from '../sync/field-plan.ts';
import { type ExpectedField, readExpectation } from './read-expectation.ts';

export type ExpectationProblem = 'missing' | 'wrong-type' | 'not-allowed';

export interface NewExpectation {
  environment: string;
  /** Null: the name that the schema gives itself. */
  eventType: string | null;
  schema: unknown;
}

/** From now on rows of the event type are held against the schema; those that break it are kept, and counted. */
export function importExpectation(
  store: EngineStore,
  { environment, eventType, schema }: NewExpectation,
): string {
  const { origin, eventType: ownName, fields } = readExpectation(schema);
  const name = eventType ?? ownName;
  if (name === null) throw new AppError('bad-input', 'the schema has no title; name the event type');
  store.db.transaction(() => {
    store.db
      .prepare<[Record<string, unknown>]>(
        `INSERT INTO expectations (environment, event_type, origin, schema, imported_at_ms)
         VALUES (@environment, @name, @origin, @schema, @nowMs)
         ON CONFLICT DO UPDATE SET origin = excluded.origin, schema = excluded.schema,
           imported_at_ms = excluded.imported_at_ms`,
      )
      .run({ environment, name, origin, schema: JSON.stringify(fields), nowMs: store.now() });
    forgetCounts(store, environment, name);
  })();
  return name;
}

export function removeExpectation(
  store: EngineStore,
  { environment, eventType }: { environment: string; eventType: string },
): void {
  store.db.transaction(() => {
    const { changes } = store.db
      .prepare<[string, string]>('DELETE FROM expectations WHERE environment = ? AND event_type = ?')
      .run(environment, eventType);
    if (changes === 0)
      throw new AppError('not-found', `no schema was imported for "${eventType}" of "${environment}"`);
    forgetCounts(store, environment, eventType);
  })();
}

const forgetCounts = ({ db }: EngineStore, environment: string, eventType: string) =>
  db
    .prepare<[string, string]>('DELETE FROM expectation_counts WHERE environment = ? AND event_type = ?')
    .run(environment, eventType);

/** Every expectation with what broke it since it was imported. */
export function listExpectations({ db }: Pick<EngineStore, 'db'>): ExpectationInfo[] {
  const rows = db
    .prepare<[], Omit<ExpectationInfo, 'fields' | 'broken' | 'importedAt'> & StoredSchema>(
      `SELECT environment, event_type AS eventType, origin, schema, imported_at_ms AS importedAtMs
       FROM expectations ORDER BY 1, 2`,
    )
    .all();
  const broken = db.prepare<[string, string], ExpectationInfo['broken'][number]>(
    `SELECT sources.name AS source, field, problem, rows FROM expectation_counts JOIN sources USING (source_id)
     WHERE expectation_counts.environment = ? AND event_type = ? ORDER BY rows DESC, source, field, problem`,
  );
  return rows.map(({ schema, importedAtMs, ...row }) => ({
    ...row,
    importedAt: new Date(importedAtMs).toISOString(),
    fields: Object.keys(JSON.parse(schema) as object).length,
    broken: broken.all(row.environment, row.eventType),
  }));
}

interface StoredSchema {
  schema: string;
  importedAtMs: number;
}

type Judge = (draft: EventDraft) => void;

/** Holds kept rows of one source and environment against what is expected of their types. */
export function createExpectationCheck(
  store: EngineStore,
  environment: EnvironmentState,
  { sourceId, plan }: { sourceId: number; plan: FieldPlan },
): Judge {
  const expected = expectationsOf(store, environment.name);
  if (expected.size === 0) return () => undefined;
  const names = environment.dictionary('event_type');
  const judges: (Judge | undefined)[] = [];
  const judgeOf = (eventType: string): Judge => {
    const fields = Object.entries(expected.get(eventType) ?? {}).filter(([name]) => isDecoded(plan, name));
    const checks = fields.map(([name, field]) => fieldCheck(environment, name, field));
    return (draft) => {
      for (const { name, problemOf } of checks) {
        const problem = problemOf(draft);
        if (problem !== null)
          store.facts.addBroken({ sourceId, environment: environment.name, eventType, field: name, problem });
      }
    };
  };
  return (draft) => {
    (judges[draft.event] ??= judgeOf(names.textOf(draft.event)))(draft);
  };
}

function expectationsOf(
  { db }: EngineStore,
  environment: string,
): Map<string, Record<string, ExpectedField>> {
  const rows = db
    .prepare<[string], { eventType: string; schema: string }>(
      'SELECT event_type AS eventType, schema FROM expectations WHERE environment = ?',
    )
    .all(environment);
  return new Map(
    rows.map(({ eventType, schema }) => [eventType, JSON.parse(schema) as Record<string, ExpectedField>]),
  );
}

/** What is never decoded cannot be judged. */
const isDecoded = (plan: FieldPlan, name: string): boolean => plan.inProperties(name).kind !== 'drop';

function fieldCheck(
  environment: EnvironmentState,
  name: string,
  { types, isRequired, oneOf }: ExpectedField,
) {
  const id = environment.propertyId(name);
  const dictionary = environment.dictionary(`p.${name}`);
  let verdicts = new Uint8Array(64);
  const isAllowed = (code: number): boolean => {
    if (oneOf === null) return true;
    if (code >= verdicts.length) verdicts = grownU8(verdicts, code + 1);
    verdicts[code] ||= oneOf.includes(dictionary.textOf(code)) ? 1 : 2;
    return verdicts[code] === 1;
  };
  return {
    name,
    problemOf(draft: EventDraft): ExpectationProblem | null {
      const at = draft.indexOf(id);
      if (at === -1) return isRequired ? 'missing' : null;
      const [kind = 0, value = 0] = [draft.kinds[at], draft.values[at]];
      if (types.length > 0 && !types.some((type) => isOfType(type, kind, value))) return 'wrong-type';
      return kind === VALUE_KIND.text && !isAllowed(value) ? 'not-allowed' : null;
    },
  };
}

function isOfType(type: ExpectedField['types'][number], kind: number, value: number): boolean {
  switch (type) {
    case 'text':
      return kind === VALUE_KIND.text;
    case 'boolean':
      return kind === VALUE_KIND.yes || kind === VALUE_KIND.no;
    case 'integer':
      return kind === VALUE_KIND.number && Number.isInteger(value);
    case 'number':
      return kind === VALUE_KIND.number;
  }
}
