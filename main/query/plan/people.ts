import { NEW_USER_WINDOW_MS } from '../../../shared/domain/events.ts';
import type { Batch, Codes } from '../columns/batch.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import { narrowByCodes, narrowByTest } from '../kernels/js/narrow.ts';
import { compileTest } from './filter-test.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import { type PropertyValue, toPropertyValue } from './property-value.ts';

/** Which rows count because of their user: user filters and the new or returning cohort. */
export interface People {
  narrow(batch: Batch, rows: Int32Array, count: number): number;
  /** The same for one event. */
  includes(userCode: number, tsMs: number): boolean;
  readonly isEveryone: boolean;
}

export const EVERYONE: People = {
  narrow: (_batch, _rows, count) => count,
  includes: () => true,
  isEveryone: true,
};

/** Whom a question is about, as plain data that another thread can be given. */
export interface PeopleData {
  /** New (true) or returning (false) users; null: both. */
  isNewWanted: boolean | null;
  /** 1 at the code of each user who counts; null: all. */
  members: Uint8Array | null;
  /** First event per user code in the whole store, for users whose dimension row has no `first_seen_at`; empty without need. */
  firstMs: Float64Array;
}

export interface PeopleOptions extends PeopleData {
  userFilters: readonly Filter[];
  note: (text: string) => void;
}

export function createPeople(view: EnvironmentView, options: PeopleOptions): People {
  const { userFilters, isNewWanted, members } = options;
  if (userFilters.length === 0 && isNewWanted === null && members === null) return EVERYONE;
  const ofFilters = userFilters.length === 0 ? null : passesByUser(view, userFilters);
  const passes = bothPass(ofFilters, members);
  const newUntilMs = isNewWanted === null ? null : newUntilByUser(view, options);
  const isInCohort = (user: number, tsMs: number): boolean => {
    const untilMs = newUntilMs?.[user] ?? NaN; // NaN: no user, neither new nor returning
    return isNewWanted === true ? tsMs < untilMs : tsMs >= untilMs;
  };
  return {
    isEveryone: false,
    includes: (user, tsMs) =>
      (passes === null || passes[user] === 1) && (newUntilMs === null || isInCohort(user, tsMs)),
    narrow(batch, rows, count) {
      const users = usersOf(batch);
      let left = count;
      if (passes !== null)
        left = users === null ? keepAllIf(passes[0] === 1, left) : narrowByCodes(rows, left, users, passes);
      if (newUntilMs === null) return left;
      if (users === null) return 0;
      return narrowByTest(rows, left, (row) =>
        isInCohort(users[row] as number, batch.dayMs + (batch.ms[row] as number)),
      );
    },
  };
}

function bothPass(a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null {
  if (a === null || b === null) return a ?? b;
  return a.map((passes, user) => passes & (b[user] as number));
}

const keepAllIf = (keep: boolean, count: number): number => (keep ? count : 0);

export function usersOf(batch: Batch): Codes | null {
  return (batch.column('user')?.values as Codes | undefined) ?? null;
}

/** Value of a user property, latest as the dimension has it; `user_id` is known for users without a row, too. */
export function userProperty(
  view: EnvironmentView,
  property: string,
): (userCode: number) => PropertyValue | undefined {
  const ids = view.dictionary('user_id');
  const users = view.users();
  return (userCode) => {
    if (userCode === 0) return undefined;
    const userId = String(ids.value(userCode));
    return property === 'user_id' ? userId : toPropertyValue(users.get(userId)?.[property]);
  };
}

/** 1 for users that pass every filter; index 0 is "no user", whose every property is missing. */
function passesByUser(view: EnvironmentView, filters: readonly Filter[]): Uint8Array {
  const test = compileUserTest(view, filters);
  const passes = new Uint8Array(view.dictionary('user_id').count + 1);
  for (let user = 0; user < passes.length; user++) passes[user] = test(user) ? 1 : 0;
  return passes;
}

/** Whether a user, by code, passes filters on the users dimension. */
export function compileUserTest(
  view: EnvironmentView,
  filters: readonly Filter[],
): (userCode: number) => boolean {
  const tests = filters.map((filter): ((userCode: number) => boolean) => {
    if ('any' in filter) {
      const branches = filter.any.map((branch) => compileUserTest(view, [branch]));
      return (user) => branches.some((branch) => branch(user));
    }
    const valueOf = userProperty(view, filter.property);
    const test = compileTest(filter);
    return (user) => test(valueOf(user));
  });
  return (user) => tests.every((test) => test(user));
}

/** Until when a user counts as new; NaN for "no user". */
function newUntilByUser(view: EnvironmentView, { firstMs, note }: PeopleOptions): Float64Array {
  const ids = view.dictionary('user_id');
  const users = view.users();
  const untilMs = new Float64Array(ids.count + 1).fill(NaN);
  let standIns = 0;
  for (let user = 1; user <= ids.count; user++) {
    const known = firstSeenMs(users.get(String(ids.value(user)))?.['first_seen_at']);
    const seenMs = known ?? firstMs[user] ?? NaN;
    if (known === null && !Number.isNaN(seenMs)) standIns++;
    untilMs[user] = seenMs + NEW_USER_WINDOW_MS;
  }
  if (standIns > 0) {
    note(
      `first_seen_at of ${standIns} of ${ids.count} users is not known: their first event in the store stands in.`,
    );
  }
  return untilMs;
}

function firstSeenMs(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const tsMs = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(tsMs) ? null : tsMs;
}
