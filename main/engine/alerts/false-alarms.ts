import type { EngineStore } from '../store/engine-store.ts';

const WEEKS = 4;
const WEEK_MS = 7 * 86_400_000;

/** How often people called a finding of the detectors false, per week of the last four. */
export function falsePerWeek({ db, now }: EngineStore, environment: string): number {
  const row = db
    .prepare<[string, number], { count: number }>(
      `SELECT count(*) AS count FROM alert_firings
       WHERE environment = ? AND condition_met_ms >= ? AND voice = 'detector' AND label = 'false'`,
    )
    .get(environment, now() - WEEKS * WEEK_MS);
  return (row?.count ?? 0) / WEEKS;
}
