import type { Codes } from '../columns/batch.ts';
import { wholeAxis } from './axis.ts';
import { PASS_ALL } from './expression.ts';
import { Grouping } from './grouping.ts';
import { EVERYONE, usersOf } from './people.ts';
import { runScans, type ScanContext } from './scan.ts';

/** Time of each user's first event in the store, by user code; NaN where there is none. */
export async function firstEventByUser(context: ScanContext): Promise<Float64Array> {
  const memo = context.view.memo<{ firstMs?: Float64Array }>('first-events', () => ({}));
  memo.firstMs ??= await readFirstEvents(context);
  return memo.firstMs;
}

async function readFirstEvents(context: ScanContext): Promise<Float64Array> {
  const firstMs = new Float64Array(context.view.dictionary('user_id').count + 1).fill(NaN);
  await runScans(context, [
    {
      axis: wholeAxis(-Infinity, Infinity),
      match: { forType: () => PASS_ALL },
      grouping: new Grouping([]),
      people: EVERYONE,
      take({ batch, rows, count }) {
        const users = usersOf(batch);
        if (users !== null) noteEarliest(firstMs, users, batch, rows, count);
      },
    },
  ]);
  return firstMs;
}

function noteEarliest(
  firstMs: Float64Array,
  users: Codes,
  { dayMs, ms }: { dayMs: number; ms: Int32Array },
  rows: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i] as number;
    const user = users[row] as number;
    const tsMs = dayMs + (ms[row] as number);
    if (user !== 0 && !((firstMs[user] as number) <= tsMs)) firstMs[user] = tsMs;
  }
}
