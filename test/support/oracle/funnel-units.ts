import type { FunnelRules } from './funnel-rules.ts';
import { type Try, triesOf } from './funnel-tries.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { partOf } from './breakdown.ts';
import type { FunnelSpec } from './types.ts';
import type { Bucket } from './zone.ts';

/** What a funnel counts, with its events of the range. */
export interface Unit {
  id: string;
  rows: Row[];
}

/** How far a unit came. */
export interface Progress {
  /** Whether it did each step. */
  done: boolean[];
  /** The try that each step takes its time from. */
  tries: (Try | undefined)[];
}

export function unitsOf({ unit = 'user' }: FunnelSpec, question: Question, range: Bucket): Unit[] {
  const taken = question.rows.filter((row) => question.takes(row) && inSpan(row, range));
  const byId = Map.groupBy(taken, (row) => idOf(row, unit, question));
  return [...byId].flatMap(([id, rows]) => (id === null ? [] : [{ id, rows }]));
}

function idOf(row: Row, unit: NonNullable<FunnelSpec['unit']>, { sessionOf }: Question): string | null {
  if (unit === 'user') return row.user;
  if (unit !== 'session') return partOf(row.fields.get(unit.property));
  const session = sessionOf(row);
  if (row.session !== null || session === undefined) return row.session;
  return `${String(row.user)} ${new Date(session.startMs).toISOString()}`; // a derived session has no id of its own
}

export const progressOf = (unit: Unit, rules: FunnelRules): Progress | null =>
  bestOf(triesOf(unit.rows, rules), rules);

/** Null where the unit leaves every step: it made no try, or its furthest one is excluded and no clean one gets as far. */
export function bestOf(tries: readonly Try[], rules: FunnelRules): Progress | null {
  const clean = tries.filter(({ isVoid }) => !isVoid);
  // without an order an exclusion takes away only its try
  const furthest = furthestOf(rules.order === 'unordered' ? clean : tries);
  const counted = clean.find(({ reached }) => reached === furthest);
  if (counted === undefined) return null;
  const stepTries = rules.steps.map((rule, step) => {
    // an optional step counts only in the try that counts
    if (rule.optional) return counted.timesMs[step] === undefined ? undefined : counted;
    return step > furthest ? undefined : clean.find(({ reached }) => reached >= step);
  });
  return { done: stepTries.map((one) => one !== undefined), tries: stepTries };
}

export const furthestOf = (tries: readonly Try[]): number =>
  tries.map(({ reached }) => reached).reduce((a, b) => Math.max(a, b), -1);
