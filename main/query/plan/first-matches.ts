import type { EventRef } from '../../../shared/query/filter.ts';
import type { Batch } from '../columns/batch.ts';
import { wholeAxis } from './axis.ts';
import { matchEvents } from './event-match.ts';
import { Grouping } from './grouping.ts';
import { EVERYONE, usersOf } from './people.ts';
import type { Part } from './part.ts';
import type { Question } from './question.ts';
import { runScans } from './scan.ts';

/** Whether a row is, for its user, one of the earliest that an event reference means over all of time. */
export type IsFirst = (batch: Batch, row: number) => boolean;

/**
 * `ever`: the earliest events of the type, whether or not they match; `matching`: the earliest that match, filters of
 * the question included. Several at that instant are all the earliest.
 */
export async function firstMatches(
  question: Question,
  ref: EventRef,
  first: 'ever' | 'matching',
  part: Part,
): Promise<IsFirst> {
  const firstMs = await earliestByUser(question, ref, first, part);
  return (batch, row) => {
    const user = usersOf(batch)?.[row] ?? 0;
    return user !== 0 && firstMs[user] === batch.dayMs + (batch.ms[row] as number);
  };
}

async function earliestByUser(
  question: Question,
  ref: EventRef,
  first: 'ever' | 'matching',
  part: Part,
): Promise<Float64Array> {
  const { compiler, spec, people, view } = question;
  const isEver = first === 'ever';
  const match = isEver
    ? matchEvents(withoutFilters(ref), { compiler, filters: [] })
    : matchEvents(ref, { compiler, filters: spec.filters });
  const firstMs = new Float64Array(view.dictionary('user_id').count + 1).fill(NaN);
  await runScans(question, [
    {
      axis: wholeAxis(-Infinity, Infinity),
      match,
      grouping: new Grouping([]),
      people: isEver ? EVERYONE : people,
      part,
      take({ batch, rows, count }) {
        const users = usersOf(batch);
        if (users === null) return;
        for (let i = 0; i < count; i++) {
          const row = rows[i] as number;
          const user = users[row] as number;
          const tsMs = batch.dayMs + (batch.ms[row] as number);
          if (!((firstMs[user] as number) <= tsMs)) firstMs[user] = tsMs;
        }
      },
    },
  ]);
  return firstMs;
}

export function withoutFilters(ref: EventRef): EventRef {
  if (ref.anyOf !== undefined) return { anyOf: ref.anyOf.map(withoutFilters) };
  return { event: ref.event ?? null };
}
