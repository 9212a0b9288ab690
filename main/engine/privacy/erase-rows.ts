import { CohortDefinition } from '../../../shared/query/cohort.ts';
import { increment } from '../store/batch-facts.ts';
import { NO_ROWS } from '../store/catalogue-writer.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ForgottenUser, UserNames } from './user-names.ts';

/** By user: what of theirs was found. */
export type CountByUser = Map<string, number>;

/** Copies of refused rows that name a user: they count as refused by deletion from now on. */
export function eraseQuarantine({ db, writer }: EngineStore, names: UserNames): CountByUser {
  const rows = db
    .prepare<[], QuarantineRow>(
      `SELECT quarantine_id AS id, source_id AS sourceId, object_id AS objectId, reason, coalesce(field, '') AS field,
         row_copy AS copy FROM quarantine WHERE row_copy IS NOT NULL`,
    )
    .all();
  const counts: CountByUser = new Map();
  const remove = db.prepare<[number]>('DELETE FROM quarantine WHERE quarantine_id = ?');
  const move = db.prepare<[number]>(
    'UPDATE ledger SET quarantined = quarantined - 1, refused = refused + 1 WHERE object_id = ?',
  );
  for (const { id, sourceId, objectId, reason, field, copy } of rows) {
    const users = names.usersIn(copy);
    if (users.length === 0) continue;
    for (const user of users) increment(counts, user);
    remove.run(id);
    move.run(objectId);
    writer.addToSource(sourceId, 0, { ...NO_ROWS, quarantined: -1, refused: 1 });
    writer.addQuarantineCount(sourceId, reason, field, -1);
  }
  db.prepare('DELETE FROM quarantine_counts WHERE rows = 0').run();
  return counts;
}

interface QuarantineRow {
  id: number;
  sourceId: number;
  objectId: number;
  reason: string;
  field: string;
  copy: string;
}

interface DimensionRow {
  environment: string;
  dataset: string;
  key: string;
  row: string;
  objectId: number;
}

/** Rows of the users themselves go, the requests keep a hash, and what else names a user loses the name. */
export function eraseDimensions(
  store: EngineStore,
  users: ReadonlyMap<string, ForgottenUser>,
  names: UserNames,
): CountByUser {
  const counts: CountByUser = new Map();
  const { db, writer } = store;
  const rows = db
    .prepare<[], DimensionRow>(
      'SELECT environment, dataset, key, row, object_id AS objectId FROM dimension_rows ORDER BY 1, 2, 3',
    )
    .all()
    .filter(({ key, row }) => names.isNamedIn(key) || names.isNamedIn(row));
  const remove = db.prepare<[string, string, string]>(
    'DELETE FROM dimension_rows WHERE environment = ? AND dataset = ? AND key = ?',
  );
  const update = db.prepare<[Record<string, string>]>(
    `UPDATE OR REPLACE dimension_rows SET key = @newKey, row = @row
     WHERE environment = @environment AND dataset = @dataset AND key = @key`,
  );
  for (const { environment, dataset, key, row, objectId } of rows) {
    for (const user of names.usersIn(`${key}\n${row}`)) increment(counts, user);
    if (dataset === 'users' && users.has(key)) {
      remove.run(environment, dataset, key);
      writer.moveToRefused(objectId, 1);
    } else {
      const changed =
        dataset === 'deletion_requests' ? hashedRequest(row, users, names) : names.replacedIn(row);
      update.run({ environment, dataset, key, newKey: names.replacedIn(key), row: changed });
    }
  }
  return counts;
}

/** A request without the id: what the feed says of it later is turned into the same. */
function hashedRequest(row: string, users: ReadonlyMap<string, ForgottenUser>, names: UserNames): string {
  const request = JSON.parse(row) as Record<string, unknown>;
  const { user_id, ...rest } = request;
  const user = users.get(String(user_id));
  if (user === undefined) return names.replacedIn(row);
  return names.replacedIn(JSON.stringify({ ...rest, user_hash: user.hash }));
}

/** Ids leave lists; definitions that name a user name nobody in that place. Their answers change. */
export function eraseCohorts(
  { db, now }: EngineStore,
  users: ReadonlyMap<string, ForgottenUser>,
  names: UserNames,
) {
  const counts: CountByUser = new Map();
  const changed: { environment: string; cohortId: string }[] = [];
  const rows = db
    .prepare<[], { environment: string; cohortId: string; name: string; definition: string }>(
      `SELECT environment, cohort_id AS cohortId, name, definition FROM cohorts WHERE definition IS NOT NULL
       ORDER BY environment, cohort_id`,
    )
    .all();
  const update = db.prepare<[Record<string, unknown>]>(
    `UPDATE OR IGNORE cohorts SET cohort_id = @newId, name = @name, definition = @definition, changed_at_ms = @nowMs,
       version = (SELECT max(version) + 1 FROM cohorts)
     WHERE environment = @environment AND cohort_id = @cohortId`,
  );
  for (const { environment, cohortId, name, definition } of rows) {
    const named = names.usersIn(`${cohortId}\n${name}\n${definition}`);
    if (named.length === 0) continue;
    for (const user of named) increment(counts, user);
    update.run({
      environment,
      cohortId,
      newId: names.replacedIn(cohortId).replaceAll('~', 'x'),
      name: names.replacedIn(name),
      definition: names.replacedIn(withoutListed(definition, users)),
      nowMs: now(),
    });
    changed.push({ environment, cohortId });
  }
  return { counts, changed };
}

function withoutListed(definition: string, users: ReadonlyMap<string, ForgottenUser>): string {
  const parsed = CohortDefinition.parse(JSON.parse(definition));
  if (!('users' in parsed)) return definition;
  return JSON.stringify({ ...parsed, users: parsed.users.filter((user) => !users.has(user)) });
}

/** Properties whose very name names a user: none of their columns is left. */
export function eraseProperties({ db }: EngineStore, names: UserNames): void {
  const naming = db
    .prepare<[], { environment: string; property: string }>(
      'SELECT DISTINCT environment, property FROM properties',
    )
    .all()
    .filter(({ property }) => names.isNamedIn(property));
  const remove = db.prepare<[string, string]>(
    'DELETE FROM properties WHERE environment = ? AND property = ?',
  );
  for (const { environment, property } of naming) remove.run(environment, property);
  const dictionaries = db
    .prepare<[], { environment: string; column: string }>(
      'SELECT environment, column_name AS "column" FROM dictionaries',
    )
    .all()
    .filter(({ column }) => names.isNamedIn(column));
  const drop = db.prepare<[string, string]>(
    'DELETE FROM dictionaries WHERE environment = ? AND column_name = ?',
  );
  for (const { environment, column } of dictionaries) drop.run(environment, column);
}
