import type { Filter } from '../../../shared/query/filter.ts';
import { comesFirst, type EventPlace } from '../columns/event-order.ts';
import { isPresent, numbersOf, storageOf } from '../columns/storage.ts';
import { type SignalCells, SignalTable } from '../kernels/js/signals.ts';
import { bucketAt, wholeAxis } from './axis.ts';
import { isUntouchedBy } from './capture.ts';
import { propertyIds } from './id-source.ts';
import type { PlannedMeasure, SeriesContext } from './measures.ts';
import type { Period } from './period.ts';
import { type Part, scanOf } from './quantity.ts';
import type { ScannedRows } from './scan.ts';
import { divide, ratioPoint } from './series.ts';

const PRE = 'signal_pre';
const POST = 'signal_post';
const ABANDONED_PENALTY = -1; // DATA §4: a pre without post counts with penalty −1*
const GOAL_SHARES: Readonly<Record<string, number>> = { yes: 1, partly: 0.5, no: 0 }; // 0.5*: DATA §4

const DEFAULTS: Partial<Record<SignalMetric, string>> = {
  confidence_lift: `A signal without its end counts with a lift of −${Math.abs(ABANDONED_PENALTY)}.`,
  goal_completion: 'A goal that was met partly counts one half.',
};

type SignalMetric = 'confidence_lift' | 'goal_completion' | 'abandonment';

/** `confidence_lift`, `goal_completion` and `abandonment`: over signals begun in the range, their posts looked up at any time. */
export function planSignals(
  context: SeriesContext,
  filters: readonly Filter[],
  metric: SignalMetric,
): PlannedMeasure {
  const { question, period, space } = context;
  const note = DEFAULTS[metric];
  if (note !== undefined) question.note(note);
  const ids = propertyIds(question.view, 'signal_id');
  const table = new SignalTable(comesFirst);
  const ignores: Part['ignores'] = (type, property) => isUntouchedBy(question, [PRE, POST], type, property);
  const part = (event: string): Omit<Part, 'axis'> => ({
    question,
    space,
    ref: { event, filters: [...filters] },
    ignores,
  });
  const take = (add: (rows: ScannedRows, index: number, id: number) => void) => (rows: ScannedRows) => {
    const found = question.scratch.takeInts(rows.count);
    ids.assign(rows, found);
    for (let i = 0; i < rows.count; i++) if (found[i] !== 0) add(rows, i, found[i] as number);
    question.scratch.giveInts(found);
  };
  const pre = scanOf(
    // also before the range: a signal is dated by its first pre, which may lie there
    { ...part(PRE), axis: wholeAxis(-Infinity, period.endMs), occursFromMs: period.startMs },
    take((rows, i, id) => table.addPre(id, readPre(rows, i, period))),
  );
  const post = scanOf(
    { ...part(POST), axis: wholeAxis(-Infinity, Infinity) },
    take((rows, i, id) => table.addPost(id, readPost(rows, i))),
  );
  post.scan.occursFromMs = Infinity; // a post alone makes no line
  let cells: SignalCells | undefined;
  const resolved = () => (cells ??= table.resolve(period.axis.buckets, ABANDONED_PENALTY));
  return {
    scans: [pre.scan, post.scan],
    point(set, bucket) {
      const groups = set.idsIn(pre.groups);
      const { lifts, goals, pres, abandoned } = resolved();
      if (metric === 'abandonment')
        return ratioPoint(abandoned.at(groups, bucket), pres.at(groups, bucket), { wilson: true });
      const { sum, count } =
        metric === 'confidence_lift' ? lifts.at(groups, bucket) : goals.at(groups, bucket);
      const denominator = metric === 'confidence_lift' ? count : pres.at(groups, bucket);
      return { value: divide(sum, denominator), numerator: sum, denominator };
    },
    units: (set) => resolved().pres.at(set.idsIn(pre.groups), null),
  };
}

const tsAt = ({ batch, rows }: ScannedRows, index: number): number =>
  batch.dayMs + (batch.ms[rows[index] as number] as number);

function confidenceAt({ batch, rows }: ScannedRows, index: number): number | null {
  const numbers = numbersOf(batch, 'confidence');
  const row = rows[index] as number;
  return numbers !== null && isPresent(numbers.validity, row) ? (numbers.values[row] as number) : null;
}

function readPre(rows: ScannedRows, index: number, { startMs, axis }: Period) {
  const tsMs = tsAt(rows, index);
  return {
    tsMs,
    confidence: confidenceAt(rows, index),
    event: placeOf(rows, index),
    group: rows.groups[index] as number,
    bucket: tsMs < startMs ? -1 : bucketAt(axis, tsMs),
  };
}

const readPost = (rows: ScannedRows, index: number) => ({
  tsMs: tsAt(rows, index),
  confidence: confidenceAt(rows, index),
  event: placeOf(rows, index),
  goalShare: goalShareAt(rows, index),
});

const placeOf = ({ batch, rows }: ScannedRows, index: number): EventPlace => ({
  batch,
  row: rows[index] as number,
});

function goalShareAt({ batch, rows }: ScannedRows, index: number): number | null {
  const storage = storageOf(batch, 'goal_completed');
  if (storage.kind !== 'codes') return null;
  const code = storage.codes[rows[index] as number] as number;
  return code === 0 ? null : (GOAL_SHARES[String(storage.dictionary.value(code))] ?? null);
}
