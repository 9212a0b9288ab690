// An independent recount of raw event files (DATA §1, §3, §4): plain loops over plain objects, from the bytes on disk.
// It shares no code with what it checks: it imports nothing of main or shared.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** One event: columns, and properties under their own names (nested ones joined by a dot). */
export interface RawEvent {
  event_id: string;
  event_type: string;
  tsMs: number;
  receivedMs: number;
  /** Folder of the source that delivered the first copy. */
  source: string;
  values: Record<string, unknown>;
}

export interface RawQuarantine {
  source: string;
  file: string;
  /** Counts from 1. */
  line: number;
  reason: 'bad-json' | 'missing-field' | 'wrong-environment' | 'impossible-time' | 'unknown-state';
}

export interface RawData {
  events: RawEvent[];
  rowsBySource: Record<string, number>;
  /** The copies of an event that are not the first to arrive. */
  duplicates: RawEvent[];
  quarantined: RawQuarantine[];
  /** Earliest sight of a user, ms: the users dimension, else the first event. */
  firstSeenMs: Map<string, number>;
}

export interface RawOptions {
  environment: string;
  /** "Now": more than a day later is impossible. */
  asOf: string;
  eventFolders?: readonly string[];
}

const SAMPLE_EVENT_FOLDERS = ['sessions', 'reactions', 'app-events', 'ai-usage', 'experiment-assignments'];

/** Reads every event file below the folders of a sample, and its users and taxonomy. */
export function readRaw(folder: string, options: RawOptions): RawData {
  const states = new Set(
    rowsOf(path.join(folder, 'taxonomy')).flatMap(({ row }) =>
      (row?.['states'] as { id: string }[]).map(({ id }) => id),
    ),
  );
  const data: RawData = {
    events: [],
    rowsBySource: {},
    duplicates: [],
    quarantined: [],
    firstSeenMs: new Map(),
  };
  const copies = new Map<string, RawEvent>();
  for (const source of options.eventFolders ?? SAMPLE_EVENT_FOLDERS) {
    for (const { row, file, line } of rowsOf(path.join(folder, source))) {
      data.rowsBySource[source] = (data.rowsBySource[source] ?? 0) + 1;
      const event = row === undefined ? undefined : eventOf(row, source);
      const reason = row === undefined ? 'bad-json' : quarantineReason(row, event, states, options);
      if (reason !== undefined || event === undefined) {
        data.quarantined.push({ source, file, line, reason: reason ?? 'missing-field' });
        continue;
      }
      const other = copies.get(event.event_id);
      const isFirst = other === undefined || event.receivedMs < other.receivedMs;
      if (isFirst) copies.set(event.event_id, event);
      if (other !== undefined) data.duplicates.push(isFirst ? other : event);
    }
  }
  data.events = [...copies.values()];
  data.firstSeenMs = firstSeen(folder, data.events);
  return data;
}

interface Line {
  file: string;
  line: number;
  /** undefined: not a JSON object. */
  row: Record<string, unknown> | undefined;
}

/** All lines of all files below a folder, in the order of their paths. */
export function rowsOf(folder: string): Line[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text
      .split('\n')
      .map((json, i) => ({ file, line: i + 1, json }))
      .filter(({ json }) => json.trim() !== '')
      .map(({ line, json }) => ({ file, line, row: objectOf(json) }));
  });
}

function objectOf(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // not JSON: the caller counts it
  }
}

const COLUMNS_WITH_OWN_PLACE = new Set(['event_id', 'event_type', 'ts', 'received_at', 'properties']);

function eventOf(row: Record<string, unknown>, source: string): RawEvent | undefined {
  const { event_id: id, event_type: type, properties } = row;
  const tsMs = instantOf(row['ts']);
  if (typeof id !== 'string' || typeof type !== 'string' || tsMs === undefined) return undefined;
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row))
    if (!COLUMNS_WITH_OWN_PLACE.has(key)) flatten(values, key, value);
  const nested = typeof properties === 'string' ? objectOf(properties) : properties;
  for (const [key, value] of Object.entries(nested ?? {})) flatten(values, key, value);
  return {
    event_id: id,
    event_type: type,
    tsMs,
    receivedMs: instantOf(row['received_at']) ?? tsMs,
    source,
    values,
  };
}

function flatten(into: Record<string, unknown>, key: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into[key] = value;
  else for (const [inner, innerValue] of Object.entries(value)) flatten(into, `${key}.${inner}`, innerValue);
}

function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function quarantineReason(
  row: Record<string, unknown>,
  event: RawEvent | undefined,
  states: ReadonlySet<string>,
  { environment, asOf }: RawOptions,
): RawQuarantine['reason'] | undefined {
  if (event === undefined) return 'missing-field';
  if (row['environment'] !== undefined && row['environment'] !== environment) return 'wrong-environment';
  if (event.tsMs < Date.UTC(2000, 0, 1) || event.tsMs > Date.parse(asOf) + DAY_MS) return 'impossible-time';
  const state = event.values['state'];
  return event.event_type === 'reaction_captured' && !states.has(String(state)) ? 'unknown-state' : undefined;
}

function firstSeen(folder: string, events: readonly RawEvent[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { values, tsMs } of events) {
    const user = values['user_id'];
    if (typeof user === 'string') seen.set(user, Math.min(seen.get(user) ?? Infinity, tsMs));
  }
  for (const { row } of rowsOf(path.join(folder, 'users'))) {
    const at = instantOf(row?.['first_seen_at']);
    if (at !== undefined) seen.set(String(row?.['user_id']), at);
  }
  return seen;
}

/** Local date of an instant, `2026-11-11`. Zones keep one offset within a quarter of an hour. */
export function localDay(tsMs: number, zone: string): string {
  const key = `${zone}/${Math.floor(tsMs / (15 * MINUTE_MS))}`;
  const known = DAYS.get(key);
  if (known !== undefined) return known;
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(tsMs);
  DAYS.set(key, day);
  return day;
}
const DAYS = new Map<string, string>();

export type Where = (event: RawEvent) => boolean;
export type GroupKey = (event: RawEvent) => string;
const EVERYTHING: Where = () => true;

/** Value of a column or property as text; "" when there is none. */
export const valueOf =
  (property: string): GroupKey =>
  ({ values }) => {
    const value = values[property] ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
export const dayOf =
  (zone: string): GroupKey =>
  ({ tsMs }) =>
    localDay(tsMs, zone);

/** Within 7 days of first_seen_at; undefined for an event without user. */
export function isNew(
  { values, tsMs }: RawEvent,
  { firstSeenMs }: Pick<RawData, 'firstSeenMs'>,
): boolean | undefined {
  const user = values['user_id'];
  return typeof user === 'string' ? tsMs < (firstSeenMs.get(user) ?? tsMs) + 7 * DAY_MS : undefined;
}

export interface Capture {
  completed: number;
  captured: number;
}

/**
 * Capture rate by group: distinct practice sessions with a completion that passes `where`, and those of them with a
 * reaction that passes `reactions`, before or at most 24 h after. A session stands in the group of its completion.
 */
export function recountCapture(
  { events }: Pick<RawData, 'events'>,
  by: GroupKey,
  where: Where = EVERYTHING,
  reactions: Where = where,
): Map<string, Capture> {
  const reactionTimes = new Map<string, number[]>();
  for (const event of events) {
    if (event.event_type !== 'reaction_captured' || !reactions(event)) continue;
    const session = String(event.values['practice_session_id']);
    reactionTimes.set(session, [...(reactionTimes.get(session) ?? []), event.tsMs]);
  }
  const groups = new Map<string, { completed: Set<string>; captured: Set<string> }>();
  for (const event of events) {
    if (event.event_type !== 'session_completed' || !where(event)) continue;
    const session = String(event.values['practice_session_id']);
    const group = groups.get(by(event)) ?? { completed: new Set(), captured: new Set() };
    groups.set(by(event), group);
    group.completed.add(session);
    const times = reactionTimes.get(session) ?? [];
    if (times.some((ms) => ms <= event.tsMs + DAY_MS)) group.captured.add(session);
  }
  return new Map(
    [...groups].map(([key, { completed, captured }]) => [
      key,
      { completed: completed.size, captured: captured.size },
    ]),
  );
}

export interface StateCounts {
  /** All reactions of the group. */
  n: number;
  byState: Record<string, number>;
}

/** Captured reactions by group and state; a reaction stands in the group of its own time and values. */
export function recountStates(
  { events }: Pick<RawData, 'events'>,
  by: GroupKey,
  where: Where = EVERYTHING,
): Map<string, StateCounts> {
  const groups = new Map<string, StateCounts>();
  for (const event of events) {
    if (event.event_type !== 'reaction_captured' || !where(event)) continue;
    const group = groups.get(by(event)) ?? { n: 0, byState: {} };
    groups.set(by(event), group);
    const state = String(event.values['state']);
    group.n += 1;
    group.byState[state] = (group.byState[state] ?? 0) + 1;
  }
  return groups;
}

export interface MasterImpact {
  completed: number;
  captured: number;
  /** Sessions that the practice mix would have captured. */
  expected: number;
  impact: number;
  low: number;
  high: number;
  /** Share of the sessions in practices that more than one master teaches. */
  comparable: number;
}

/** Capture rate of each master against the rates of the same practices over all sessions; "" = no master. */
export function recountMasterImpact(
  data: Pick<RawData, 'events'>,
  where: Where = EVERYTHING,
): Map<string, MasterImpact> {
  const byPractice = recountCapture(data, valueOf('practice_id'), where);
  const pair: GroupKey = (event) => `${valueOf('master_id')(event)}\n${valueOf('practice_id')(event)}`;
  const cells = [...recountCapture(data, pair, where)].map(([key, counts]) => {
    const [master = '', practice = ''] = key.split('\n');
    return { master, practice, ...counts };
  });
  const impacts = new Map<string, MasterImpact>();
  for (const master of new Set(cells.map((cell) => cell.master))) {
    let completed = 0;
    let captured = 0;
    let expected = 0;
    let variance = 0;
    let comparable = 0;
    for (const cell of cells.filter((one) => one.master === master)) {
      const practice = byPractice.get(cell.practice) ?? { completed: 0, captured: 0 };
      const rate = practice.captured / practice.completed;
      completed += cell.completed;
      captured += cell.captured;
      expected += cell.completed * rate;
      variance += cell.completed * rate * (1 - rate);
      if (cells.filter((one) => one.practice === cell.practice).length > 1) comparable += cell.completed;
    }
    const impact = (captured - expected) / completed;
    const halfWidth = (1.96 * Math.sqrt(variance)) / completed;
    impacts.set(master, {
      completed,
      captured,
      expected,
      impact,
      low: impact - halfWidth,
      high: impact + halfWidth,
      comparable: comparable / completed,
    });
  }
  return impacts;
}
