import { EVENT_COLUMNS } from './schema.ts';
import type { WireEvent } from './types.ts';

/** Events as the store keeps them: one per id, flat, with one name space for columns and properties. */

export type Value = string | number | boolean | Instant | readonly string[];
export interface Instant {
  instantMs: number;
}

export interface Row {
  id: string;
  type: string;
  tsMs: number;
  user: string | null;
  session: string | null;
  environment: string;
  fields: ReadonlyMap<string, Value>;
  /** What stands for the properties of the user where there is none. */
  owner?: ReadonlyMap<string, Value>;
}

const INSTANTS = ['ts', 'received_at'];

/** The same id counts once; the first copy stays. */
export function rowsOf(events: readonly WireEvent[], environment: string): Row[] {
  const byId = new Map<string, Row>();
  for (const event of events) {
    const row = rowOf(event, environment);
    if (row.environment === environment && !byId.has(row.id)) byId.set(row.id, row);
  }
  return [...byId.values()];
}

function rowOf(event: WireEvent, sourceEnvironment: string): Row {
  const { properties, ...columns } = event;
  const fields = new Map<string, Value>();
  flatten(properties ?? {}, '', fields);
  flatten(columns, '', fields);
  for (const name of EVENT_COLUMNS) if (fields.get(name) === '') fields.delete(name);
  for (const name of INSTANTS) {
    const value = fields.get(name);
    if (typeof value === 'string' || typeof value === 'number') {
      fields.set(name, { instantMs: new Date(value).getTime() });
    }
  }
  const environment = idOf(fields.get('environment')) ?? sourceEnvironment;
  fields.set('environment', environment);
  return {
    id: event.event_id,
    type: event.event_type,
    tsMs: new Date(event.ts).getTime(),
    user: idOf(fields.get('user_id')),
    session: idOf(fields.get('session_id')),
    environment,
    fields,
  };
}

function flatten(node: object, prefix: string, into: Map<string, Value>): void {
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const name = prefix + key;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      into.set(name, value);
    else if (Array.isArray(value)) into.set(name, [...new Set(value.map(String))].sort());
    else if (typeof value === 'object' && value !== null) flatten(value, `${name}.`, into);
  }
}

/** An id that is an empty text names nobody. */
export function idOf(value: Value | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export const numberOf = (row: Row, property: string): number | null => {
  const value = row.fields.get(property);
  return typeof value === 'number' ? value : null;
};

export function textOf(value: string | number | boolean | Instant): string {
  return typeof value === 'object' ? new Date(value.instantMs).toISOString() : String(value);
}

/** By time; of one instant the smaller id is the earlier. */
export const inOrder = (rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => a.tsMs - b.tsMs || (a.id < b.id ? -1 : 1));
