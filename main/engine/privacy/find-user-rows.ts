import { setImmediate as nextTurn } from 'node:timers/promises';
import { increment } from '../store/batch-facts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { plainEventId } from '../store/event-id.ts';
import { readIds } from '../store/read-ids.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import type { DaySpan } from './export-list.ts';
import { loadColumns } from './live-segments.ts';
import type { ForgottenUser, UserNames } from './user-names.ts';
import { type CodesByDictionary, dropShared, noteEventType, noteValues } from './values-in-use.ts';

export interface AffectedSegment {
  segment: ArrivedSegment;
  rows: Set<number>;
  /** Columns whose very name names a user. */
  namingColumns: Set<string>;
}

/** What one environment holds of the users who are being forgotten. */
export interface UserRows {
  affected: AffectedSegment[];
  rowsByUser: Map<string, number>;
  segmentsByUser: Map<string, number>;
  objectsByUser: Map<string, Set<number>>;
  /** First and last day in which each has rows. */
  daysByUser: Map<string, DaySpan>;
  /** By dictionary: values that no other row uses. */
  onlyTheirs: CodesByDictionary;
}

const MAX_PLAIN_ID_LENGTH = 16; // bytes; longer event ids are stored as a hash

/**
 * Two passes over the segments of an environment: the users' rows and the values that these use, then which of those
 * values other rows use, too. An event whose own id is made from a user's id counts as theirs. Memory: a byte per value.
 */
export async function findUserRows(
  store: EngineStore,
  state: EnvironmentState,
  segments: readonly ArrivedSegment[],
  { users, names }: { users: readonly ForgottenUser[]; names: UserNames },
): Promise<UserRows> {
  const found: UserRows = {
    affected: [],
    rowsByUser: new Map(),
    segmentsByUser: new Map(),
    objectsByUser: new Map(),
    daysByUser: new Map(),
    onlyTheirs: new Map(),
  };
  const userByCode = new Map<number, string>();
  for (const { userId } of users) {
    const code = state.dictionary('user_id').codeOfText(userId);
    if (code !== 0) userByCode.set(code, userId);
  }
  const inEventIds = users.filter(({ userId }) => Buffer.byteLength(userId) <= MAX_PLAIN_ID_LENGTH);
  for (const segment of segments) {
    const rows = rowsOfUsers(store, segment, { userByCode, inEventIds, names });
    const naming = segment.columns.filter(({ name }) => names.isNamedIn(name)).map(({ name }) => name);
    if (rows.size > 0 || naming.length > 0) {
      found.affected.push({ segment, rows: new Set(rows.keys()), namingColumns: new Set(naming) });
      noteUsers(store, segment, rows, found);
      noteValues(store, segment, rows.keys(), { values: found.onlyTheirs, isWanted: () => true });
      if (rows.size > 0) noteEventType(state, segment.eventType, found.onlyTheirs);
    }
    await nextTurn();
  }
  const rowsBySegment = new Map(found.affected.map(({ segment, rows }) => [segment.segmentId, rows]));
  for (const segment of segments) {
    const leaving = rowsBySegment.get(segment.segmentId);
    dropShared(store, state, segment, { leaving, values: found.onlyTheirs });
    await nextTurn();
  }
  return found;
}

interface Wanted {
  userByCode: ReadonlyMap<number, string>;
  inEventIds: readonly ForgottenUser[];
  names: UserNames;
}

/** By row: whose it is. */
function rowsOfUsers(
  { dataDir }: EngineStore,
  segment: ArrivedSegment,
  { userByCode, inEventIds, names }: Wanted,
): Map<number, string> {
  const rows = new Map<number, string>();
  if (userByCode.size > 0) {
    const [users] = loadColumns(dataDir, segment, ({ name }) => name === 'user');
    const values = users?.values ?? [];
    for (let row = 0; row < values.length; row++) {
      const user = userByCode.get(values[row] ?? 0);
      if (user !== undefined) rows.set(row, user);
    }
  }
  if (inEventIds.length === 0) return rows;
  const ids = readIds(dataDir, segment);
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  for (const { userId } of inEventIds) {
    for (let at = bytes.indexOf(userId); at !== -1; at = bytes.indexOf(userId, at + 1)) {
      const row = Math.floor(at / MAX_PLAIN_ID_LENGTH);
      const text = plainEventId(bytes, row * MAX_PLAIN_ID_LENGTH);
      if (text !== null && names.usersIn(text).includes(userId) && !rows.has(row)) rows.set(row, userId);
    }
  }
  return rows;
}

function noteUsers(
  { dataDir }: EngineStore,
  segment: ArrivedSegment,
  rows: ReadonlyMap<number, string>,
  { rowsByUser, segmentsByUser, objectsByUser, daysByUser }: UserRows,
): void {
  const [objects] = loadColumns(dataDir, segment, ({ name }) => name === 'object');
  for (const [row, user] of rows) {
    increment(rowsByUser, user);
    const known = objectsByUser.get(user) ?? new Set<number>();
    objectsByUser.set(user, known.add(objects?.values[row] ?? 0));
  }
  const { day } = segment;
  for (const user of new Set(rows.values())) {
    increment(segmentsByUser, user);
    const { first, last } = daysByUser.get(user) ?? { first: day, last: day };
    daysByUser.set(user, { first: day < first ? day : first, last: day > last ? day : last });
  }
}
