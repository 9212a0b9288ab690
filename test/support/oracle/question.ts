import { type Filter, type OracleContext, type Range, type Spec, type WireEvent } from './types.ts';
import { passesAll } from './filter.ts';
import { type Row, type Value, idOf, rowsOf } from './rows.ts';
import { schemaAllows } from './schema.ts';
import { DEFAULT_SESSION_RULES, type Session, sessionByRow } from './sessionize.ts';
import { type Bucket, type Calendar, addDays, startOfDate, wallMs } from './zone.ts';

/** What every kind of question needs: the rows, whom they belong to, and the ranges. */
export interface Question {
  calendar: Calendar;
  nowMs: number;
  /** Every event of the environment, before any filter. */
  rows: Row[];
  filters: readonly Filter[];
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
}

export interface MetricFilters {
  types: readonly string[];
  /** Of the series. */
  filters: readonly Filter[];
  /** A property whose filters are left out. */
  lifted?: string | undefined;
}

const DAY_MS = 86_400_000;
const NEW_USER_MS = 7 * DAY_MS;

export function toQuestion(spec: Spec, events: readonly WireEvent[], context: OracleContext): Question {
  const calendar = { zone: spec.zone ?? context.zone, weekStart: spec.weekStart ?? context.weekStart };
  const rows = rowsOf(events, spec.environment);
  const userRows = new Map(context.users.map((user) => [String(user['user_id']), fieldsOf(user)]));
  const userFields = (row: Row) =>
    row.user === null
      ? new Map<string, Value>()
      : (userRows.get(row.user) ?? new Map([['user_id', row.user]]));
  const firstSeen = firstSeenOf(rows, userRows);
  const inCohort = (row: Row): boolean => {
    if (!spec.cohort) return true;
    const firstMs = firstSeen.get(row.user ?? '');
    return firstMs !== undefined && row.tsMs < firstMs + NEW_USER_MS === spec.cohort.new;
  };
  const takesUser = (row: Row) => inCohort(row) && passesAll(spec.userFilters, userFields(row));
  const cannotHave = cannotHaveOf(rows);
  const filters = spec.filters ?? [];
  const takesApartFrom: Question['takesApartFrom'] = (row, more, ignores) => {
    const asked = [...filters, ...more].filter((filter) => !propertiesOf(filter).some(ignores));
    return takesUser(row) && passesAll(asked, row.fields);
  };
  const sessions = sessionByRow(rows, DEFAULT_SESSION_RULES);
  const current = toSpan(spec.range ?? {}, rows, calendar.zone);
  return {
    calendar,
    nowMs: context.nowMs,
    rows,
    filters,
    takesUser,
    takes: (row) => takesApartFrom(row, [], () => false),
    takesApartFrom,
    takesInMetric: (row, { types, filters: more, lifted }) =>
      takesApartFrom(row, more, (name) => name === lifted || cannotHave(row.type, name, types)),
    cannotHave,
    userFields,
    current,
    previous: toPrevious(spec, current, rows, calendar.zone),
    sessionOf: (row) => sessions.get(row),
    taxonomy: context.taxonomy,
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

const propertiesOf = (filter: Filter): string[] =>
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

const isDate = (side: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(side);

/** Half-open instants. An open side ends at the first or last event of the environment. */
function toSpan({ from, to }: Range, rows: readonly Row[], zone: string): Bucket {
  const times = rows.map((row) => row.tsMs);
  const firstMs = times.reduce((a, b) => Math.min(a, b), Infinity);
  const lastMs = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const fromMs = from == null ? firstMs : isDate(from) ? startOfDate(from, zone) : Date.parse(from);
  const toMs = to == null ? lastMs + 1 : isDate(to) ? startOfDate(addDays(to, 1), zone) : Date.parse(to);
  return fromMs < toMs ? { startMs: fromMs, endMs: toMs } : { startMs: 0, endMs: 0 };
}

/** Dates move by calendar days, so that a day of 23 hours is compared with a whole day; instants by elapsed time. */
function toPrevious(spec: Spec, current: Bucket, rows: readonly Row[], zone: string): Bucket | null {
  const { compare, range = {} } = spec;
  if (!compare) return null;
  if (typeof compare === 'object' && 'from' in compare) return toSpan(compare, rows, zone);
  const { from, to } = range;
  const lengthMs = current.endMs - current.startMs;
  if (compare === 'previous') {
    if (from == null || to == null || !isDate(from) || !isDate(to)) {
      return { startMs: current.startMs - lengthMs, endMs: current.startMs };
    }
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    return toSpan({ from: addDays(from, -days), to: addDays(from, -1) }, rows, zone);
  }
  const shifted = (side: string | null | undefined, ms: number, addedDays: number): number =>
    side != null && isDate(side)
      ? startOfDate(addDays(side, addedDays - compare.shiftDays), zone)
      : shiftWallDays(ms, compare.shiftDays, zone);
  return { startMs: shifted(from, current.startMs, 0), endMs: shifted(to, current.endMs, 1) };
}

/** The same time of day `days` earlier, of two the nearer one; a time that was skipped moves on by what was skipped. */
function shiftWallDays(ms: number, days: number, zone: string): number {
  const wantedMs = wallMs(ms, zone) - days * DAY_MS;
  const straightMs = ms - days * DAY_MS;
  const minutes = Array.from({ length: 2 * 1440 }, (_, index) => straightMs + (index - 1440) * 60_000);
  const fitting = minutes.filter((minute) => wallMs(minute, zone) === wantedMs);
  const offsetBeforeMs = wallMs(straightMs - DAY_MS, zone) - (straightMs - DAY_MS);
  return fitting.reduce(
    (best, minute) => (Math.abs(minute - straightMs) < Math.abs(best - straightMs) ? minute : best),
    fitting[0] ?? wantedMs - offsetBeforeMs,
  );
}

export const inSpan = ({ tsMs }: Row, { startMs, endMs }: Bucket): boolean => tsMs >= startMs && tsMs < endMs;

export const idIn = (row: Row, property: string): string | null => idOf(row.fields.get(property));
