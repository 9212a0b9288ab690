import { type AppDay, appEventsOfDay, pageViewAt, pageViewOf } from './app-events.ts';
import { aiEventsOfDay } from './ai-events.ts';
import { type DayNumber, wallToUtcMs } from './calendar.ts';
import { type Delivery, newestMsOf } from './delivery.ts';
import type { SampleEvent } from './event.ts';
import { createExposures } from './exposures.ts';
import { withNewest } from './newest.ts';
import { dayPlanOf, outcomesOf } from './outcomes.ts';
import { withPersonalData } from './plants.ts';
import { type Population, createPopulation } from './population.ts';
import { eventsOfRun } from './practice-events.ts';
import { type PracticeRun, runsOfDay } from './practice-runs.ts';
import { type Random, createRandom } from './random.ts';
import type { Story } from './story.ts';
import { type DayVolume, volumesOf } from './volumes.ts';

const COMPLETED_PER_EVENT = 0.1245;
const SIGN_UPS_PER_EVENT = 0.009;

/** Walks through the days; after each, everything that happened on it has been delivered. */
export function createDays(
  story: Story,
  events: number,
  delivery: Delivery,
): {
  population: Population;
  days: readonly DayVolume[];
  run: (day: DayVolume) => void;
} {
  const days = volumesOf(story, events);
  const meanVolume = events / Math.max(1, story.lastDay - story.firstDay + 1);
  const population = createPopulation(story, meanVolume * SIGN_UPS_PER_EVENT);
  const makers = { story, population, random: createRandom(story.seed, 'practices') };
  const planRandom = createRandom(story.seed, 'day-plans');
  const outcomeRandom = createRandom(story.seed, 'outcomes');
  const appRandom = createRandom(story.seed, 'app');
  const aiRandom = createRandom(story.seed, 'ai');
  const exposuresOf = createExposures(story, createRandom(story.seed, 'exposures'));

  const run = ({ day, volume, dueByEnd }: DayVolume): void => {
    const signUps = population.startDay(day);
    const runs = runsOfDay(makers, day, Math.round(volume * COMPLETED_PER_EVENT));
    const practiceEvents = eventsOfRuns(story, day, runs, planRandom, outcomeRandom);
    const visits = runs.map(({ visit }) => visit);
    const app: AppDay = { story, population, random: appRandom, day, volume, visits };
    const all = [
      ...practiceEvents,
      ...exposuresOf(day, visits),
      ...aiEventsOfDay({ ...app, random: aiRandom }),
      ...withPersonalData(app, appEventsOfDay(app, signUps)),
      ...gapEdgesOf(app),
    ];
    const complete = day === story.lastDay ? withNewest(app, runs, all) : all;
    for (const event of complete) delivery.deliver(event);
    while (delivery.tally.events < dueByEnd) delivery.deliver(pageViewOf(app));
  };

  return { population, days, run };
}

/** Completions after the end of the sample never arrive: the day's rate is dealt among those that do. */
function eventsOfRuns(
  story: Story,
  day: DayNumber,
  runs: readonly PracticeRun[],
  planRandom: Random,
  random: Random,
): SampleEvent[] {
  const endMs = newestMsOf(story, 'sessions');
  const arriving = runs.filter(({ completedMs }) => completedMs !== null && completedMs <= endMs);
  const outcomes = outcomesOf(story, dayPlanOf(story, day, planRandom), day, arriving, random);
  return runs.flatMap((run) => eventsOfRun(story, day, run, outcomes.get(run) ?? { kind: 'none' }, random));
}

/** One page view on either side of the gap, so that it is as long as it was meant to be. */
function gapEdgesOf(app: AppDay): SampleEvent[] {
  const { gap } = app.story;
  if (gap === null || gap.fromMs < wallToUtcMs(app.day, 0) || gap.fromMs >= wallToUtcMs(app.day + 1, 0))
    return [];
  return [gap.fromMs, gap.toMs].map((tsMs) => pageViewAt(app, tsMs));
}
