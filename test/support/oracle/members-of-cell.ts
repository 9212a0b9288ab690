import { Refused } from './refused.ts';
import type { CohortCell, CohortQuestion, Spec } from './types.ts';

/** Whom one cell of an answer counts, read off the answer itself. */
export function membersOfCell(
  question: CohortQuestion,
  cell: CohortCell,
  answer: (spec: Spec) => object,
): Set<string> {
  if (question.compare) throw new Refused('a compared range is no cohort');
  const asked = { ...question, members: true, breakdown: null };
  switch (asked.kind) {
    case 'funnel':
      if ((asked.unit ?? 'user') !== 'user' || (asked.show ?? 'steps') !== 'steps') {
        throw new Refused('no steps of users');
      }
      return ofFunnel(cell, answer(asked));
    case 'retention':
      return ofRetention(cell, answer(asked));
    case 'lifecycle':
      return ofLifecycle(cell, answer(asked));
    case 'stickiness':
      return ofStickiness(cell, answer(asked));
  }
}

function ofFunnel(cell: CohortCell, result: object): Set<string> {
  const { steps } = result as { steps: { members: string[] }[] };
  if (!('step' in cell)) throw new Refused('no cell of a funnel');
  const { step, dropped = false } = cell;
  if (step >= steps.length || (dropped && step === 0)) throw new Refused('no such step');
  const here = new Set(steps[step]?.members);
  return dropped ? new Set(steps[step - 1]?.members.filter((user) => !here.has(user))) : here;
}

function ofRetention(cell: CohortCell, result: object): Set<string> {
  const { cohorts } = result as { cohorts: { start: string; cells: { members: string[] }[] }[] };
  if (!('cohort' in cell)) throw new Refused('no cell of a retention');
  const cohort = cohorts.find(({ start }) => Date.parse(start) === Date.parse(cell.cohort));
  if (cohort === undefined) throw new Refused('no such cohort');
  return new Set(cohort.cells[cell.period]?.members);
}

function ofLifecycle(cell: CohortCell, result: object): Set<string> {
  if (!('bucket' in cell)) throw new Refused('no cell of a lifecycle');
  const { buckets, ...lists } = result as { buckets: string[] } & Record<string, string[][]>;
  const place = buckets.findIndex((start) => Date.parse(start) === Date.parse(cell.bucket));
  if (place < 0) throw new Refused('no such bucket');
  return new Set(lists[`${cell.status}Members`]?.[place]);
}

function ofStickiness(cell: CohortCell, result: object): Set<string> {
  if (!('count' in cell)) throw new Refused('no cell of a stickiness');
  const { members } = result as { members: string[][] };
  return new Set(members[cell.count - 1]);
}
