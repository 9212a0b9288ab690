import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertsOf } from '../../main/engine/alerts/alert-store.ts';
import { finishCheck } from '../../main/engine/alerts/finish.ts';
import { insertFiring, type NewFiring } from '../../main/engine/alerts/firing-store.ts';
import { emptyEvidence } from '../support/alert-evidence.ts';
import { eventOf, type TestWorkspace, testWorkspace } from '../support/workspace.ts';

// Which firings are one incident, and so one message: of one measure and side, no more than 48 h apart.
const ENVIRONMENT = 'test';
const HOUR_MS = 3_600_000;
const FIRST = { sinceMs: Date.UTC(2026, 10, 17, 12), metMs: Date.UTC(2026, 10, 17, 15) };

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  workspace.raw('one.ndjson', [eventOf(1)]); // so that the environment is known
  await workspace.addFolder();
  await workspace.sync();
});
afterEach(() => workspace.remove());

const FELL: Omit<NewFiring, 'sinceMs' | 'conditionMetMs'> = {
  environment: ENVIRONMENT,
  itemId: 'capture-rate',
  key: null,
  voice: 'detector',
  family: 'capture_rate',
  title: 'Capture rate fell',
  side: 'below',
  evidence: emptyEvidence(),
};

/** Each is found by a check of its own, an hour after its condition was met. */
async function toldOf(firings: readonly (Partial<NewFiring> & { afterHours: number })[]): Promise<boolean[]> {
  for (const { afterHours, ...firing } of firings) {
    const [sinceMs, conditionMetMs] = [FIRST.sinceMs, FIRST.metMs].map((ms) => ms + afterHours * HOUR_MS);
    await workspace.withStore(
      (store) => {
        insertFiring(store, { ...FELL, sinceMs: sinceMs!, conditionMetMs: conditionMetMs!, ...firing });
        finishCheck(store, { linkBase: null, tookMs: 0 });
      },
      { now: () => conditionMetMs! + HOUR_MS },
    );
  }
  const { firings: known } = await workspace.withStore((store) => alertsOf(store, ENVIRONMENT));
  return known
    .toSorted((a, b) => Date.parse(a.sinceAt) - Date.parse(b.sinceAt))
    .map(({ notifiedAt }) => notifiedAt !== null);
}

describe('an incident', () => {
  it('takes in what begins up to 48 h after the end of another', async () => {
    expect(await toldOf([{ afterHours: 0 }, { afterHours: 51 }])).toEqual([true, false]); // 12:00, from 15:00 on
    expect(await toldOf([{ afterHours: 120 }])).toEqual([true, false, true]);
  });

  it('ends there: what begins an hour later is a new one', async () => {
    expect(await toldOf([{ afterHours: 0 }, { afterHours: 52 }])).toEqual([true, true]);
  });

  it('takes in slices, but neither the other side nor another measure', async () => {
    const slice = { itemId: 'capture-rate-by-practice', key: 'focus', afterHours: 1 };
    const other = { itemId: 'error-rate', family: 'error_rate', afterHours: 2 };
    const rose = { itemId: 'capture-rate-by-locale', key: 'en', side: 'above', afterHours: 3 } as const;
    expect(await toldOf([{ afterHours: 0 }, slice, other, rose])).toEqual([true, false, true, true]);
  });

  it('of a slice takes in the whole, but not one that begins to fall only after the slice had fired', async () => {
    const slice = { itemId: 'capture-rate-by-practice', key: 'focus', afterHours: 0 };
    expect(await toldOf([slice, { afterHours: 2 }])).toEqual([true, false]); // 14:00, the slice fired at 15:00
    expect(await toldOf([{ itemId: 'capture-rate-of-all', afterHours: 4 }])).toEqual([true, false, true]);
  });

  it('of a stop takes in what fell, not a stop in a fall that was told', async () => {
    const volume = { itemId: 'volume', family: 'completed_sessions', afterHours: 0 };
    const stop = { itemId: 'volume-stop', family: 'stop', afterHours: 5 };
    expect(await toldOf([volume, stop])).toEqual([true, true]);
    const fellAgain = { itemId: 'volume-by-locale', key: 'en', family: 'completed_sessions', afterHours: 7 };
    expect(await toldOf([fellAgain])).toEqual([true, true, false]);
  });
});
