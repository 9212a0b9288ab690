import type { Filter } from '../../../../shared/query/filter.ts';
import type { ExperimentSpec } from '../../../../shared/query/kinds/experiment.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { Grouping, type GroupValue } from '../../plan/grouping.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { readTimeline, type Role } from '../../timeline/timeline.ts';
import type { ValuePass } from '../expand-parts.ts';
import type { PartStep } from '../parts.ts';
import { slotNumbers, SlotTable } from '../slots.ts';
import { readRuns } from './runs.ts';
import {
  EXPOSURE,
  metricRoles,
  untouchedIn,
  userMetric,
  type UserMetric,
  type UserValue,
} from './user-metric.ts';

/** Days before a user's first exposure whose metric explains part of the one after it. */
export const CUPED_DAYS = 14;
const DAY_MS = 86_400_000;
const EXPOSED = 1;
const USERS_PER_BREATH = 512;

/** Per variant: what each of its users adds to the metric, and added before. Rows are users. */
export interface VariantRows {
  variant: string;
  numerators: Float64Array;
  denominators: Float64Array;
  /** The same before the exposure; empty without CUPED. */
  before: Float64Array;
}

export interface ExposurePart {
  value: GroupValue | null;
  variants: VariantRows[];
  /** Users who met more than one variant: they are in none. */
  mixed: number;
}

/** What the users of an experiment did after their first exposure, up to the end of the range. */
export const experimentPart: PartStep<ExperimentSpec, ValuePass, ExposurePart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  if (spec.metric === undefined) return [];
  const metric = userMetric(spec.metric);
  const values = new Grouping(question.breakdown);
  const variants = new Grouping([{ kind: 'event', property: 'variant' }]);
  const runs = metric.runs === null ? null : await readRuns(question, spec.metric, metric);
  const timeline = await readTimeline(question, {
    unit: userUnit(question.view).ids,
    isUser: true,
    fromMs: spec.cuped ? period.startMs - CUPED_DAYS * DAY_MS : period.startMs,
    toMs: period.endMs,
    roles: [exposureRole(question, spec, metric), ...metricRoles(question, metric)],
    groupings: [values, variants, ...(runs === null ? [] : [runs.grouping])],
    ...(metric.property === null ? {} : { property: metric.property }),
    part,
  });
  const { tsMs, masks, numbers, units, starts } = timeline;
  const [groups, variantOf, runOf = null] = timeline.groups as [Int32Array, Int32Array, Int32Array?];
  const slotOf = slotNumbers(values, pass);
  const slots = new SlotTable(slotOf, () => new ExposureSlot());
  const has = (event: number, ref: number): boolean => (((masks[event] as number) >>> (ref + 1)) & 1) === 1;
  const valueIn = (from: number, to: number): UserValue =>
    metric.valueOf({ from, to, tsMs, masks, numbers, runs: runs?.of(runOf) ?? null }, has);
  for (let index = 0; index < units.length; index++) {
    const [from, to] = [starts[index] as number, starts[index + 1] as number];
    const exposures = exposuresOf({ from, to, sinceMs: period.startMs, tsMs, masks });
    const [first] = exposures;
    if (first !== undefined) {
      const met = new Set(exposures.map((event) => variantOf[event] as number));
      const variant = variants.values[variantOf[first] as number]?.[0] ?? '';
      const sinceMs = tsMs[first] as number;
      const after = firstFrom(tsMs, from, to, sinceMs);
      const before = firstFrom(tsMs, from, after, sinceMs - CUPED_DAYS * DAY_MS);
      const row = { value: valueIn(after, to), before: spec.cuped ? valueIn(before, after).numerator : null };
      for (const slot of new Set([
        ...(slotOf.countsEverything ? [-1] : []),
        slotOf.slotOf(groups[first] as number),
      ])) {
        if (slot < -1) continue;
        if (met.size > 1) slots.of(slot).mixed++;
        else slots.of(slot).add(variant, row);
      }
    }
    if (index % USERS_PER_BREATH === 0) await question.pace.breathe();
  }
  return [...slots.entries()].map(([slot, counted]) => counted.toPart(slotOf.valueOf(slot)));
};

function exposureRole(
  question: Question,
  { experiment_id: id = '', filters }: ExperimentSpec,
  metric: UserMetric,
): Role {
  const own: Filter[] = [
    { property: 'experiment_id', op: 'is', value: id },
    { property: 'variant', op: 'is_set' },
    { property: 'variant', op: 'is_not', value: '' },
  ];
  const match = matchEvents(
    { event: EXPOSURE, filters: own },
    { compiler: question.compiler, filters, isUntouched: untouchedIn(question, metric) },
  );
  return { match };
}

interface UserSlice {
  from: number;
  to: number;
  sinceMs: number;
  tsMs: Float64Array;
  masks: Int32Array;
}

function exposuresOf({ from, to, sinceMs, tsMs, masks }: UserSlice): number[] {
  const found: number[] = [];
  for (let event = from; event < to; event++)
    if (((masks[event] as number) & EXPOSED) !== 0 && (tsMs[event] as number) >= sinceMs) found.push(event);
  return found;
}

function firstFrom(tsMs: Float64Array, from: number, to: number, sinceMs: number): number {
  let event = from;
  while (event < to && (tsMs[event] as number) < sinceMs) event++;
  return event;
}

/** Rows of one breakdown value, by variant. */
class ExposureSlot {
  mixed = 0;
  readonly #rows = new Map<string, { numerators: number[]; denominators: number[]; before: number[] }>();

  add(variant: string, { value, before }: { value: UserValue; before: number | null }): void {
    let rows = this.#rows.get(variant);
    if (rows === undefined)
      this.#rows.set(variant, (rows = { numerators: [], denominators: [], before: [] }));
    rows.numerators.push(value.numerator);
    rows.denominators.push(value.denominator);
    if (before !== null) rows.before.push(before);
  }

  toPart(value: GroupValue | null): ExposurePart {
    return {
      value,
      mixed: this.mixed,
      variants: [...this.#rows].map(([variant, rows]) => ({
        variant,
        numerators: Float64Array.from(rows.numerators),
        denominators: Float64Array.from(rows.denominators),
        before: Float64Array.from(rows.before),
      })),
    };
  }
}
