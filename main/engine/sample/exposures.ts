import type { DayNumber } from './calendar.ts';
import { EXPERIMENTS } from './cast.ts';
import type { SampleEvent, Visit } from './event.ts';
import { uuidOf } from './identifiers.ts';
import { type Random, itemAt } from './random.ts';
import type { Story } from './story.ts';

const REPEATED_EXPOSURE_SHARE = 0.15; // of later sittings

/** Reports which variant a user saw: at the first sitting within an experiment, and at some later ones. */
export function createExposures(
  story: Story,
  random: Random,
): (day: DayNumber, visits: readonly Visit[]) => SampleEvent[] {
  const exposed = EXPERIMENTS.map(() => new Set<string>());
  return (day, visits) =>
    EXPERIMENTS.flatMap((experiment, index) => {
      const isRunning =
        day >= story.lastDay - experiment.firstDaysBeforeEnd &&
        day <= story.lastDay - experiment.lastDaysBeforeEnd;
      if (!isRunning) return [];
      const seen = itemAt(exposed, index);
      return visits.flatMap((visit) => {
        const { user } = visit;
        if (user.id === null || (seen.has(user.id) && !random.chance(REPEATED_EXPOSURE_SHARE))) return [];
        seen.add(user.id);
        return [
          exposureOf(
            visit,
            experiment.id,
            itemAt(experiment.variants, user.arm),
            visit.startMs + 250,
            random,
          ),
        ];
      });
    });
}

export function exposureOf(
  visit: Visit,
  experimentId: string,
  variant: string,
  tsMs: number,
  random: Random,
): SampleEvent {
  return {
    eventId: uuidOf(random),
    eventType: 'experiment_exposure',
    tsMs,
    feed: 'experiment-assignments',
    visit,
    user: visit.user,
    properties: { experiment_id: experimentId, variant },
  };
}
