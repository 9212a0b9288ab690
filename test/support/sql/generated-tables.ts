import type { SqlDatabase } from './database.ts';
import type { SqlEvent, SqlScene, SqlUser } from './generate-events.ts';
import { type Cell, type Table, createSql, insertSql } from './load.ts';

/** Generated events as the product imports them, and as the tables of a database. */

export const toWire = ({ tsMs, ...event }: SqlEvent): object => ({
  ...event,
  ts: new Date(tsMs).toISOString(),
});

export const toWireUser = ({ firstSeenMs, ...user }: SqlUser): object => ({
  ...user,
  ...(firstSeenMs === undefined ? {} : { first_seen_at: new Date(firstSeenMs).toISOString() }),
});

const EVENTS: Table['columns'] = {
  event_id: 'text',
  event_type: 'text',
  ts: 'instant',
  environment: 'text',
  user_id: 'text',
  session_id: 'text',
  locale: 'text',
  platform: 'text',
  plan: 'text',
  page_path: 'text',
  practice_id: 'text',
  practice_session_id: 'text',
  master_id: 'text',
  state: 'text',
  amount: 'number',
  duration_seconds: 'number',
  success: 'boolean',
  mixed_text: 'text',
  mixed_number: 'number',
};
const USERS: Table['columns'] = { user_id: 'text', first_seen_at: 'instant', plan: 'text', seats: 'number' };

/** An empty text in a column of the event is no value; in a property it is one. */
function eventRow({ properties, tsMs, ...columns }: SqlEvent): Record<string, Cell> {
  const { mixed = null, ...others } = properties;
  const filled = Object.entries(columns).map(([name, value]) => [name, value === '' ? null : value]);
  return {
    ...(Object.fromEntries(filled) as Record<string, Cell>),
    ...others,
    ts: tsMs,
    mixed_text: typeof mixed === 'string' ? mixed : null,
    mixed_number: typeof mixed === 'number' ? mixed : null,
  };
}

const userRow = ({ firstSeenMs, ...user }: SqlUser): Record<string, Cell> => ({
  ...user,
  first_seen_at: firstSeenMs ?? null,
});

const tablesOf = ({ events, users }: Pick<SqlScene, 'events' | 'users'>): Table[] => [
  { name: 'events', columns: EVENTS, rows: events.map(eventRow) },
  { name: 'users', columns: USERS, rows: users.map(userRow) },
];

export async function createTables({ execute, dialect }: SqlDatabase): Promise<void> {
  for (const table of tablesOf({ events: [], users: [] })) await execute(createSql(table, dialect));
}

/** Instead of what is there. */
export async function fillTables(scene: SqlScene, { execute, dialect }: SqlDatabase): Promise<void> {
  for (const table of tablesOf(scene)) {
    await execute(dialect.emptyTable(table.name));
    const insert = insertSql(table, dialect);
    if (insert !== null) await execute(insert);
  }
}
