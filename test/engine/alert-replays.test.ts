import { describe, expect, it } from 'vitest';
import type { AlertFiring } from '../../shared/rpc/contract/alerts.ts';
import { createDraws } from '../support/simulate-draws.ts';
import {
  namesOf,
  type Scene,
  simulateWatched,
  startOf,
  toldOf,
  watchWorld,
} from '../support/simulate-watched.ts';
import { eventOf, testWorkspace } from '../support/workspace.ts';

// Days on which nothing is wrong, replayed through the whole watch list: clocks that change, a release that is taken up
// within hours, holidays of two days. Nobody may be told of them. The full counts under TIDEMARK_DEEP.
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const WORLDS = IS_DEEP ? 12 : 1;
const timeout = IS_DEEP ? 3_600_000 : 120_000;
const ENVIRONMENT = 'test';
const LEARN_DAYS = 30;
const AFTER_DAYS = 6; // a fall of the volume waits for days that bear it out
const CHANCE_PER_DAY = 1 / 7; // the budget: one false alarm a week over the whole list
const MOST_OF_VOLUME = 0.1; // at 10 an hour one holiday in twelve is told: three days are few sessions
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

interface Replay {
  name: string;
  startMs: number;
  zone: string;
  sessionsAnHour: number;
  change?: Pick<Scene, 'quiet' | 'release'>;
}

const DAY_MS = 86_400_000;
const EVENT_HOUR = LEARN_DAYS * 24;
/** The start of a scene that has learned when a day begins. */
const learnedAt = (instant: string): number => Date.parse(instant) - LEARN_DAYS * DAY_MS;

const CLOCKS: Replay[] = [
  { name: 'Oslo, clocks go forward', zone: 'Europe/Oslo', startMs: learnedAt('2026-03-28T23:00:00Z') },
  { name: 'Oslo, clocks go back', zone: 'Europe/Oslo', startMs: learnedAt('2026-10-24T22:00:00Z') },
  {
    name: 'Adelaide, clocks go forward',
    zone: 'Australia/Adelaide',
    startMs: learnedAt('2026-10-03T14:30:00Z'),
  },
  {
    name: 'Adelaide, clocks go back',
    zone: 'Australia/Adelaide',
    startMs: learnedAt('2026-04-04T13:30:00Z'),
  },
].map((each) => ({ ...each, sessionsAnHour: 100 }));

const OSLO = { zone: 'Europe/Oslo', startMs: learnedAt('2026-08-17T22:00:00Z') }; // a Tuesday begins
const RELEASES: Replay[] = [30, 300].map((sessionsAnHour) => ({
  ...OSLO,
  name: `a release at ${sessionsAnHour} an hour`,
  sessionsAnHour,
  change: { release: { fromHour: EVENT_HOUR + 9, overHours: 5, share: 0.6 } },
}));
const HOLIDAYS: Replay[] = [10, 60, 300].map((sessionsAnHour) => ({
  ...OSLO,
  name: `a holiday at ${sessionsAnHour} an hour`,
  sessionsAnHour,
  change: { quiet: { fromHour: EVENT_HOUR, toHour: EVENT_HOUR + 48, factor: 0.4 } },
}));

/** What was told of the days from the event on. */
async function replay(
  { zone, startMs, sessionsAnHour, change }: Replay,
  seed: number,
): Promise<AlertFiring[]> {
  const workspace = testWorkspace('memory', zone);
  try {
    workspace.raw('one.ndjson', [eventOf(1)]); // so that the environment is known
    await workspace.addFolder();
    await workspace.sync();
    const days = LEARN_DAYS + AFTER_DAYS;
    const world = simulateWatched(createDraws(seed, `replay/${zone}/${startMs}/${sessionsAnHour}`), {
      ...{ days, zone, startMs, sessionsAnHour, followsZone: true },
      ...change,
    });
    const { dataDir } = workspace;
    const watching = { dataDir, environment: ENVIRONMENT, everyHours: IS_DEEP ? 6 : 12 };
    const firings = await watchWorld(world, { ...watching, fromHour: EVENT_HOUR - 24, toHour: days * 24 });
    return toldOf(firings).filter(
      ({ conditionMetAt }) => Date.parse(conditionMetAt) >= startOf(world, EVENT_HOUR),
    );
  } finally {
    workspace.remove();
  }
}

const ALL = [...CLOCKS, ...RELEASES, ...HOLIDAYS];
const SLICE = [CLOCKS[0]!, CLOCKS[3]!, RELEASES[0]!, HOLIDAYS[1]!];

describe('a day on which nothing is wrong', () => {
  it.each(IS_DEEP ? ALL : SLICE)('is not told of: $name', { timeout }, async (scene) => {
    const told: string[] = [];
    for (let seed = 1; seed <= WORLDS; seed += 1) told.push(...namesOf(await replay(scene, seed)));
    const { name, change, ...place } = scene;
    const withoutChange: string[] = [];
    if (IS_DEEP && change !== undefined)
      for (let seed = 1; seed <= WORLDS; seed += 1)
        withoutChange.push(...namesOf(await replay({ ...place, name }, seed)));
    say(
      `${name}: told ${told.length} times in ${WORLDS} replays of ${AFTER_DAYS} days` +
        (IS_DEEP && change !== undefined ? `, ${withoutChange.length} without it` : '') +
        (told.length === 0 ? '' : `: ${told.join('; ')}`),
    );
    // by chance some rate may be told: the budget allows one a week; the volume is what these days change
    expect(told.length).toBeLessThanOrEqual(Math.ceil(CHANCE_PER_DAY * AFTER_DAYS * WORLDS));
    const ofVolume = told.filter((title) => title.startsWith('Completed sessions'));
    expect(ofVolume.length).toBeLessThanOrEqual(MOST_OF_VOLUME * WORLDS);
  });
});

it('a volume that stays low is told on the third evening, once', { timeout }, async () => {
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const quiet = { fromHour: EVENT_HOUR, toHour: Infinity, factor: 0.4 };
    const told = await replay({ ...OSLO, name: 'low', sessionsAnHour: 60, change: { quiet } }, seed);
    expect(namesOf(told.filter(({ title }) => title === 'Completed sessions fell'))).toHaveLength(1);
  }
});
