import type { ListedExport, NewExport } from '../../../shared/rpc/contract/privacy.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { addDays } from '../../../shared/format/calendar.ts';

const MOST_EXPORTS = 10_000; // the oldest go: nobody calls back what is years old and not listed
const MOST_IN_RECEIPT = 200;

/** Takes down that something leaves the program: what, of which days, in which form. */
export function noteExport(store: EngineStore, made: NewExport): void {
  store.db.transaction(() => {
    store.db
      .prepare<[Record<string, unknown>]>(
        `INSERT INTO exports (environment, made_at_ms, name, form, from_day, to_day)
         VALUES (@environment, @nowMs, @name, @form, @from, @to)`,
      )
      .run({ ...made, nowMs: store.now() });
    store.db
      .prepare<[number]>('DELETE FROM exports WHERE export_id <= (SELECT max(export_id) FROM exports) - ?')
      .run(MOST_EXPORTS);
  })();
}

/** Days in which rows of a user lie, first and last; UTC. */
export interface DaySpan {
  first: string;
  last: string;
}

/** What left of days with rows of a user, newest first: days of an export are of a zone, so they may begin one apart. */
export function exportsOf(
  { db }: EngineStore,
  spans: readonly { environment: string; days: DaySpan }[],
): ListedExport[] {
  const statement = db.prepare<
    [Record<string, unknown>],
    Omit<ListedExport, 'madeAt'> & { madeAtMs: number }
  >(
    `SELECT environment, name, form, from_day AS "from", to_day AS "to", made_at_ms AS madeAtMs FROM exports
     WHERE environment = @environment AND from_day <= @last AND to_day >= @first
     ORDER BY export_id DESC LIMIT ${MOST_IN_RECEIPT}`,
  );
  return spans.flatMap(({ environment, days }) =>
    statement
      .all({ environment, first: addDays(days.first, -1), last: addDays(days.last, 1) })
      .map(({ madeAtMs, ...one }) => ({ ...one, madeAt: new Date(madeAtMs).toISOString() })),
  );
}
