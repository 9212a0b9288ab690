import { type Asking, type Slice, type Sliced, WHOLE, storedStage } from './asking.ts';
import { rangeOf } from './calendar.ts';
import { type SqlDatabase, stageAll } from './database.ts';
import { distributionBySlice } from './distribution.ts';
import { funnelBySlice } from './funnel.ts';
import { lifecycleBySlice } from './lifecycle.ts';
import { pathsBySlice } from './paths.ts';
import type { Question } from './question.ts';
import { retentionBySlice } from './retention.ts';
import { sessionsBySlice } from './sessions.ts';
import { bySize } from './sizes.ts';
import { statesBySlice } from './states.ts';
import { stickinessBySlice } from './stickiness.ts';
import { answerTrend } from './trend.ts';

/** What SQL says about a question: the part of the `result` of QUERY.md that it can say. */
export async function answerBySql(question: Question, database: SqlDatabase, nowMs: number): Promise<object> {
  const range = await rangeOf(question, database);
  await stageAll(database, [storedStage(question, database)]);
  const asking = { database, range, nowMs };
  if (question.kind === 'trend') return answerTrend({ ...asking, question });
  return expanded(question, (slice) => sliced({ ...asking, question }, slice));
}

type NoTrend = Exclude<Question, { kind: 'trend' }>;

function sliced({ question, ...asking }: Asking<NoTrend>, slice: Slice): Promise<Sliced<object>> {
  switch (question.kind) {
    case 'states':
      return statesBySlice({ ...asking, question }, slice);
    case 'funnel':
      return funnelBySlice({ ...asking, question }, slice);
    case 'retention':
      return retentionBySlice({ ...asking, question }, slice);
    case 'lifecycle':
      return lifecycleBySlice({ ...asking, question }, slice);
    case 'stickiness':
      return stickinessBySlice({ ...asking, question }, slice);
    case 'sessions':
      return sessionsBySlice({ ...asking, question }, slice);
    case 'distribution':
      return distributionBySlice({ ...asking, question }, slice);
    case 'paths':
      return pathsBySlice({ ...asking, question }, slice);
  }
}

const LISTS_EMPTY_VALUES = ['states', 'sessions', 'distribution'];

/** `breakdowns`, largest first, and `rest` beside the answer for all. */
async function expanded(
  { kind, breakdown }: NoTrend,
  answer: (slice: Slice) => Promise<Sliced<object>>,
): Promise<object> {
  const whole = (await answer(WHOLE)).contentOf('');
  if (breakdown === null) return whole;
  const { units, contentOf } = await answer({ by: 'value', breakdown });
  const sizes = [...units]
    .map(([value, size]) => ({ value, units: size }))
    .filter((size) => size.units > 0 || LISTS_EMPTY_VALUES.includes(kind))
    .sort(bySize);
  const breakdowns = sizes
    .slice(0, breakdown.limit)
    .map(({ value }) => ({ value: value === '' ? null : value, ...contentOf(value) }));
  const values = sizes.slice(breakdown.limit).map(({ value }) => value);
  if (values.length === 0) return { ...whole, breakdowns };
  const rest = await answer({ by: 'rest', breakdown, values });
  return {
    ...whole,
    breakdowns,
    rest: { values: values.length, units: rest.units.get('') ?? 0, ...rest.contentOf('') },
  };
}
