import { type DayNumber, MINUTE_MS, isWeekend } from './calendar.ts';
import { MASTERS, PRACTICES, type Practice, SMALL_PRACTICE_WEIGHT, type TaughtShare } from './cast.ts';
import type { Visit } from './event.ts';
import { shortIdOf } from './identifiers.ts';
import { type Population, timeOfDayMs, versionAt } from './population.ts';
import { type Random, itemAt } from './random.ts';
import type { Story } from './story.ts';

/** One run of one practice, as far as it got. */
export interface PracticeRun {
  practiceSessionId: string;
  practice: Practice;
  masterId: string | null;
  visit: Visit;
  openedMs: number;
  startedMs: number | null;
  completedMs: number | null;
  durationSeconds: number;
}

export interface RunMakers {
  story: Story;
  population: Population;
  random: Random;
}

const OPENED_ONLY_PER_COMPLETED = 0.16;
const STARTED_ONLY_PER_COMPLETED = 0.17;
/** Version of the beta that sends states which the taxonomy does not know. */
export const BETA_SUFFIX = '-beta.2';

/** The runs of one local day, by completion (or by what came last): exactly `completed` of them are completed. */
export function runsOfDay(makers: RunMakers, day: DayNumber, completed: number): PracticeRun[] {
  const startedOnly = Math.round(completed * STARTED_ONLY_PER_COMPLETED);
  const openedOnly = Math.round(completed * OPENED_ONLY_PER_COMPLETED);
  const reach = [
    ...Array.from({ length: completed }, () => 'completed' as const),
    ...Array.from({ length: startedOnly }, () => 'started' as const),
    ...Array.from({ length: openedOnly }, () => 'opened' as const),
  ];
  return reach.map((step) => runOf(makers, day, step));
}

function runOf(makers: RunMakers, day: DayNumber, reach: 'opened' | 'started' | 'completed'): PracticeRun {
  const { story, population, random } = makers;
  const practice = itemAt(PRACTICES, random.weighted(practiceWeights(story, day)));
  const endMs = timeOfDayMs(random, day, practice.hours);
  const durationMs = Math.round(Math.min(45, Math.max(2, random.around(practice.minutes, 0.35))) * MINUTE_MS);
  const shareDone = reach === 'completed' ? 1 : 0.1 + 0.7 * random.next();
  const startedMs = endMs - (reach === 'opened' ? 0 : Math.round(durationMs * shareDone));
  const openedMs = startedMs - (reach === 'opened' ? 0 : random.whole(3_000, 50_000));
  const startMs = openedMs - random.whole(5_000, 150_000);
  const user = population.pick(startMs);
  return {
    practiceSessionId: shortIdOf('ps', random),
    practice,
    masterId: itemAt(practice.taughtBy, random.weighted(teachingWeights(practice.taughtBy, story, day)))
      .masterId,
    visit: {
      sessionId: shortIdOf('ses', random),
      user,
      appVersion: versionAt(story, user, startMs),
      startMs,
      endMs,
    },
    openedMs,
    startedMs: reach === 'opened' ? null : startedMs,
    completedMs: reach === 'completed' ? endMs : null,
    durationSeconds: Math.round(durationMs / 1_000),
  };
}

const practiceWeights = ({ smallPracticeId }: Story, day: DayNumber): number[] =>
  PRACTICES.map(({ id, weight, hours }) => {
    if (id === smallPracticeId) return SMALL_PRACTICE_WEIGHT;
    return isWeekend(day) && hours === 'workday' ? weight * 0.5 : weight;
  });

function teachingWeights(taughtBy: readonly TaughtShare[], { lastDay }: Story, day: DayNumber): number[] {
  return taughtBy.map(({ weight, sinceDaysBeforeEnd, weightBefore }) => {
    if (sinceDaysBeforeEnd === undefined || day >= lastDay - sinceDaysBeforeEnd) return weight;
    return weightBefore ?? 0;
  });
}

const EFFECT_BY_MASTER: ReadonlyMap<string | null, number> = new Map(
  MASTERS.map(({ id, captureEffect }) => [id, captureEffect]),
);

export const masterEffectOf = (masterId: string | null, without: number): number =>
  EFFECT_BY_MASTER.get(masterId) ?? without;
