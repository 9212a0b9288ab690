import { isSoOften } from './cohort.ts';
import { expanded } from './expand.ts';
import { fits, toRef } from './filter.ts';
import { listed } from './members.ts';
import { IGNORES_NOTHING, type Line, usersOf } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import type { StickinessSpec } from './types.ts';
import { type Bucket, bucketsOf } from './zone.ts';

/** In how many buckets users were active. */
export function answerStickiness(spec: StickinessSpec, question: Question): object {
  const { interval = 'day', occurrences = { op: 'gte', value: 1 }, cumulative = false, members } = spec;
  const length = spec.buckets?.count ?? 1;
  const ref = toRef(spec.event);
  const rows = question.rows.filter((row) => row.user !== null && question.takes(row) && fits(ref, row));
  const onLine = (line: Line) => rows.filter((row) => line.has(row, IGNORES_NOTHING));

  /** Buckets of so many intervals each, from the range start; the last one may be shorter. */
  const bucketsIn = (range: Bucket): Bucket[] => {
    const intervals = bucketsOf(range, interval, question.calendar);
    return intervals
      .filter((_, index) => index % length === 0)
      .map(({ startMs }, index) => ({
        startMs,
        endMs: intervals[(index + 1) * length - 1]?.endMs ?? range.endMs,
      }));
  };
  const activeBuckets = (range: Bucket, line: Line): Map<string, number> => {
    const own = onLine(line);
    const counted = [...usersOf(own)].map((user): [string, number] => {
      const counts = bucketsIn(range).map(
        (bucket) => own.filter((row) => row.user === user && inSpan(row, bucket)).length,
      );
      return [user, counts.filter((count) => count > 0 && isSoOften(count, occurrences)).length];
    });
    return new Map(counted.filter(([, buckets]) => buckets > 0));
  };

  const answer = (range: Bucket, line: Line): object => {
    const active = activeBuckets(range, line);
    const users = bucketsIn(range).map((_, index) =>
      [...active].filter(([, n]) => (cumulative ? n >= index + 1 : n === index + 1)).map(([user]) => user),
    );
    return {
      counts: users.map((list) => list.length),
      users: active.size,
      ...(members ? { members: users.map(listed) } : {}),
    };
  };
  return expanded(
    {
      answer,
      values: (naming, range) => rows.filter((row) => inSpan(row, range)).map(naming.of),
      units: (line, range) => activeBuckets(range, line).size,
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}
