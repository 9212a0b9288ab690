import { expanded } from './expand.ts';
import { fits, toRef } from './filter.ts';
import { listed } from './members.ts';
import { IGNORES_NOTHING, type Line, usersOf } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import type { LifecycleSpec, LifecycleStatus } from './types.ts';
import { type Bucket, bucketAt, bucketsOf } from './zone.ts';

const STATUSES: readonly LifecycleStatus[] = ['new', 'returning', 'resurrected', 'dormant'];

/** New, returning, resurrected and dormant users of each bucket. */
export function answerLifecycle(spec: LifecycleSpec, question: Question): object {
  const { interval = 'day', members } = spec;
  const { calendar } = question;
  const ref = toRef(spec.event);
  const rows = question.rows.filter((row) => row.user !== null && question.takes(row) && fits(ref, row));

  const answer = (range: Bucket, line: Line): object => {
    const own = rows.filter((row) => line.has(row, IGNORES_NOTHING));
    const buckets = bucketsOf(range, interval, calendar);
    const users = buckets.map((bucket) => {
      const before = bucketAt(bucket.startMs - 1, interval, calendar);
      return statusesOf(own, bucket, before);
    });
    const counts = STATUSES.map((status): [string, number[]] => [
      status,
      users.map((of) => of[status].length),
    ]);
    const lists = STATUSES.map((status): [string, string[][]] => [
      `${status}Members`,
      users.map((of) => listed(of[status])),
    ]);
    return {
      buckets: buckets.map(({ startMs }) => new Date(startMs).toISOString()),
      ...Object.fromEntries(counts),
      ...(members ? Object.fromEntries(lists) : {}),
    };
  };
  /** With the bucket before, whose users may be dormant. */
  const seen = ({ startMs, endMs }: Bucket) =>
    startMs === endMs
      ? []
      : rows.filter((row) =>
          inSpan(row, { startMs: bucketAt(startMs - 1, interval, calendar).startMs, endMs }),
        );
  return expanded(
    {
      answer,
      values: (naming, range) => seen(range).map(naming.of),
      units: (line, range) => usersOf(seen(range).filter((row) => line.has(row, IGNORES_NOTHING))).size,
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}

function statusesOf(rows: readonly Row[], bucket: Bucket, before: Bucket): Record<LifecycleStatus, string[]> {
  const active = usersOf(rows.filter((row) => inSpan(row, bucket)));
  const activeBefore = usersOf(rows.filter((row) => inSpan(row, before)));
  const known = usersOf(rows.filter((row) => row.tsMs < bucket.startMs));
  return {
    new: [...active].filter((user) => !known.has(user)),
    returning: [...active].filter((user) => activeBefore.has(user)),
    resurrected: [...active].filter((user) => known.has(user) && !activeBefore.has(user)),
    dormant: [...activeBefore].filter((user) => !active.has(user)),
  };
}
