import { type CohortMembers, cohortTest } from './cohort.ts';
import { passesAll } from './filter.ts';
import { rangeBounds, rangesOf } from './ranges.ts';
import { type Row, type Value, idOf, rowsOf } from './rows.ts';
import { Refused } from './refused.ts';
import { schemaAllows } from './schema.ts';
import { DEFAULT_SESSION_RULES, type Session, sessionByRow } from './sessionize.ts';
import type { CohortQuestion, Filter, OracleContext, Spec, WireEvent } from './types.ts';
import type { Bucket, Calendar } from './zone.ts';

/** What every kind of question needs: the rows, whom they belong to, and the ranges. */
export interface Question {
  calendar: Calendar;
  nowMs: number;
  /** Every event of the environment, before any filter. */
  rows: Row[];
  filters: readonly Filter[];
  userFilters: readonly Filter[];
  /** Whether an event's user passes user filters and cohort. */
  takesUser: (row: Row) => boolean;
  /** Whether an event passes the filters, user filters and cohort. */
  takes: (row: Row) => boolean;
  /** The same with further filters, without those that look at a property to ignore. */
  takesApartFrom: (row: Row, filters: readonly Filter[], ignores: (property: string) => boolean) => boolean;
  /** The same in a metric of several event types: filters on what only the others can have leave an event untouched. */
  takesInMetric: (row: Row, metric: MetricFilters) => boolean;
  /** Whether neither schema nor store know the property of the type, while another of the types can have it. */
  cannotHave: (eventType: string, property: string, types: readonly string[]) => boolean;
  userFields: (row: Row) => ReadonlyMap<string, Value>;
  current: Bucket;
  previous: Bucket | null;
  sessionOf: (row: Row) => Session | undefined;
  taxonomy: readonly string[];
  /** Rows of `acquisition_costs`. */
  costs: readonly Record<string, unknown>[];
}

export interface MetricFilters {
  types: readonly string[];
  /** Of the series. */
  filters: readonly Filter[];
  /** A property whose filters are left out. */
  lifted?: string | undefined;
}

/** `membersOf` answers the question that a cohort is made of. */
export function toQuestion(
  spec: Spec,
  events: readonly WireEvent[],
  context: OracleContext,
  membersOf: CohortMembers,
): Question {
  const calendar = { zone: spec.zone ?? context.zone, weekStart: spec.weekStart ?? context.weekStart };
  const rows = rowsOf(events, spec.environment);
  const userRows = new Map(context.users.map((user) => [String(user['user_id']), fieldsOf(user)]));
  const userFields = (row: Row): ReadonlyMap<string, Value> =>
    row.owner ??
    (row.user === null ? new Map() : (userRows.get(row.user) ?? new Map([['user_id', row.user]])));
  const firstSeen = firstSeenOf(rows, userRows);
  const inCohort = cohortTest(spec.cohort ?? null, {
    rows,
    firstSeen,
    fieldsOf: (user) => userRows.get(user) ?? new Map([['user_id', user]]),
    saved: context.cohorts ?? {},
    rangeOf: (range) => rangeBounds(range, calendar.zone),
    membersOf: (question, cell) => {
      const { environment = spec.environment } = question as Partial<CohortQuestion>;
      if (environment !== spec.environment) throw new Refused('a cohort of another environment');
      return membersOf({ ...question, environment }, cell);
    },
  });
  const takesUser = (row: Row) => inCohort(row) && passesAll(spec.userFilters, userFields(row));
  const cannotHave = cannotHaveOf(rows);
  const filters = spec.filters ?? [];
  const takesApartFrom: Question['takesApartFrom'] = (row, more, ignores) => {
    const asked = [...filters, ...more].filter((filter) => !propertiesOf(filter).some(ignores));
    return takesUser(row) && passesAll(asked, row.fields);
  };
  const sessions = sessionByRow(rows, DEFAULT_SESSION_RULES);
  return {
    calendar,
    nowMs: context.nowMs,
    rows,
    filters,
    userFilters: spec.userFilters ?? [],
    takesUser,
    takes: (row) => takesApartFrom(row, [], () => false),
    takesApartFrom,
    takesInMetric: (row, { types, filters: more, lifted }) =>
      takesApartFrom(row, more, (name) => name === lifted || cannotHave(row.type, name, types)),
    cannotHave,
    userFields,
    ...rangesOf(spec, rows, calendar),
    sessionOf: (row) => sessions.get(row),
    taxonomy: context.taxonomy,
    costs: context.costs ?? [],
  };
}

function fieldsOf(user: Record<string, unknown>): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, value] of Object.entries(user)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found.set(name, value);
    if (Array.isArray(value) && value.length > 0) found.set(name, [...new Set(value.map(String))].sort());
  }
  return found;
}

/** The users dimension says when a user was first seen; where it is silent, the user's first event in the store. */
function firstSeenOf(rows: readonly Row[], userRows: ReadonlyMap<string, ReadonlyMap<string, Value>>) {
  const firstSeen = new Map<string, number>();
  for (const { user, tsMs } of rows) {
    if (user !== null) firstSeen.set(user, Math.min(firstSeen.get(user) ?? Infinity, tsMs));
  }
  for (const [user, fields] of userRows) {
    const value = fields.get('first_seen_at');
    if (typeof value === 'string' || typeof value === 'number')
      firstSeen.set(user, new Date(value).getTime());
  }
  return firstSeen;
}

export const propertiesOf = (filter: Filter): string[] =>
  'any' in filter ? filter.any.flatMap(propertiesOf) : [filter.property];

/**
 * An event type of a metric cannot have a property that neither its schema nor any stored event of the type knows,
 * while another type of the metric can.
 */
function cannotHaveOf(rows: readonly Row[]) {
  const stored = new Set(rows.flatMap((row) => [...row.fields.keys()].map((name) => `${row.type} ${name}`)));
  const can = (type: string, name: string) => schemaAllows(type, name) || stored.has(`${type} ${name}`);
  return (type: string, name: string, types: readonly string[]): boolean =>
    !can(type, name) && types.some((other) => can(other, name));
}

export const inSpan = ({ tsMs }: Row, { startMs, endMs }: Bucket): boolean => tsMs >= startMs && tsMs < endMs;

export const idIn = (row: Row, property: string): string | null => idOf(row.fields.get(property));
