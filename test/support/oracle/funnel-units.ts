import type { FunnelRules } from './funnel-rules.ts';
import type { Try } from './funnel-tries.ts';
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

/**
 * The try that counts: of those that got furthest the one that began first. Null where the unit leaves every step: it
 * made no try, or its furthest one is excluded and no clean one gets as far.
 */
export function bestOf(tries: readonly Try[], { order }: FunnelRules): Try | null {
  const clean = tries.filter(({ isVoid }) => !isVoid);
  // without an order an exclusion takes away only its try
  const furthest = furthestOf(order === 'unordered' ? clean : tries);
  return clean.find(({ reached }) => reached === furthest) ?? null;
}

export const didStep = (one: Try | null, step: number): boolean => one?.timesMs[step] !== undefined;

export const furthestOf = (tries: readonly Try[]): number =>
  tries.map(({ reached }) => reached).reduce((a, b) => Math.max(a, b), -1);
