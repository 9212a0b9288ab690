import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlertFiring } from '../../shared/rpc/contract/alerts.ts';
import { createDraws, type Draws } from '../support/simulate-draws.ts';
import {
  namesOf,
  type Scene,
  simulateWatched,
  startOf as startIn,
  toldOf as told,
  watchWorld,
  type Watching,
  type World,
} from '../support/simulate-watched.ts';
import { eventOf, type TestWorkspace, testWorkspace } from '../support/workspace.ts';

// The whole watch list over simulated weeks, through planner's items, detectors, cautions, grouping and telling: the
// budget holds for the sum of all series, and one drop is told once. Zone of Oslo, so that clocks change meanwhile.
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const CLEAN_WEEKS = IS_DEEP ? 52 : 3;
const WORLDS = IS_DEEP ? 4 : 1;
const DROPS = IS_DEEP ? 20 : 1;
const timeout = IS_DEEP ? 3_600_000 : 120_000;
const ENVIRONMENT = 'test';
const START_MS = Date.UTC(2026, 8, 7); // a Monday, seven weeks before the clocks go back
const LEARN_DAYS = 29;
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

const startOf = (hour: number): number => startIn({ startMs: START_MS }, hour);
const simulate = (draws: Draws, scene: Omit<Scene, 'startMs' | 'zone'>): World =>
  simulateWatched(draws, { startMs: START_MS, zone: 'Europe/Oslo', ...scene });
const watch = (world: World, watching: Omit<Watching, 'dataDir' | 'environment'>): Promise<AlertFiring[]> =>
  watchWorld(world, { dataDir: workspace.dataDir, environment: ENVIRONMENT, ...watching });

let workspace: TestWorkspace;
beforeEach(beginAnew);
async function beginAnew(): Promise<void> {
  workspace = testWorkspace('memory');
  workspace.raw('one.ndjson', [eventOf(1)]); // so that the environment is known
  await workspace.addFolder();
  await workspace.sync();
}
afterEach(() => workspace.remove());

describe('a whole watch list', () => {
  it('keeps within one false alarm a week', { timeout }, async () => {
    const days = LEARN_DAYS + 7 * CLEAN_WEEKS;
    let alarms = 0;
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const world = simulate(createDraws(seed, 'clean list'), { days, sessionsAnHour: 40 });
      const firings = await watch(world, { fromHour: LEARN_DAYS * 24, toHour: days * 24, everyHours: 12 });
      alarms += told(firings).length;
      if (told(firings).length > 0) say(namesOf(told(firings)).join('; '));
      workspace.remove();
      await beginAnew();
    }
    const weeks = CLEAN_WEEKS * WORLDS;
    say(
      `watch list of 19 series: ${alarms} told in ${weeks} clean weeks, ${(alarms / weeks).toFixed(2)} a week`,
    );
    expect(alarms / weeks).toBeLessThanOrEqual(IS_DEEP ? 1 : 2);
  });

  it('tells a drop once, whatever slices fell with it', { timeout }, async () => {
    for (let seed = 1; seed <= DROPS; seed += 1) {
      const draws = createDraws(seed, 'drop of the list');
      const fromHour = (LEARN_DAYS + 2) * 24 + draws.whole(0, 47);
      const drop = { fromHour, toHour: fromHour + 96, rate: 0.75 };
      const world = simulate(draws, { days: LEARN_DAYS + 9, sessionsAnHour: 100, drop });
      const firings = await watch(world, {
        fromHour: LEARN_DAYS * 24,
        toHour: (LEARN_DAYS + 9) * 24,
        everyHours: IS_DEEP ? 1 : 3,
      });
      const sinceDrop = told(firings).filter(({ sinceAt }) => Date.parse(sinceAt) >= startOf(fromHour - 6));
      expect(namesOf(sinceDrop)).toHaveLength(1);
      expect(sinceDrop[0]!.title).toMatch(/^Capture rate.* fell$/);
      expect(firings.length).toBeGreaterThan(3); // its slices, in one incident
      workspace.remove();
      await beginAnew();
    }
  });

  it('raises no storm after a week offline, and tells the drop that goes on', { timeout }, async () => {
    const fromHour = LEARN_DAYS * 24;
    const drop = { fromHour: fromHour + 150, toHour: fromHour + 400, rate: 0.75 };
    const world = simulate(createDraws(5, 'week off'), { days: LEARN_DAYS + 12, sessionsAnHour: 60, drop });
    const firings = await watch(world, { fromHour, toHour: fromHour + 7 * 24, everyHours: 7 * 24 });
    expect(namesOf(told(firings)).length).toBeLessThanOrEqual(1);
  });

  it('says nothing of a holiday that is half as busy', { timeout }, async () => {
    const fromHour = LEARN_DAYS * 24;
    const quiet = { fromHour: fromHour + 48, toHour: fromHour + 72, factor: 0.5 };
    const world = simulate(createDraws(6, 'holiday'), { days: LEARN_DAYS + 6, sessionsAnHour: 60, quiet });
    const firings = await watch(world, { fromHour, toHour: fromHour + 6 * 24, everyHours: 6 });
    say(
      `holiday: ${namesOf(firings.filter(({ sinceAt }) => Date.parse(sinceAt) >= startOf(fromHour))).join('; ') || 'nothing'}`,
    );
    expect(told(firings)).toEqual([]);
  });
});
