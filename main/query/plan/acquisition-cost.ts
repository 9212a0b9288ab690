import { AppError } from '../../../shared/errors.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import { ExactSum } from '../../../shared/stats/exact-sum.ts';
import { bucketEndMs } from '../../../shared/time/buckets.ts';
import { parseDate } from '../../../shared/time/calendar-date.ts';
import { DistinctCells } from '../kernels/js/id-set.ts';
import { propertiesOf } from './expression.ts';
import { compileTest } from './filter-test.ts';
import { firstMatches } from './first-matches.ts';
import type { GroupValue } from './grouping.ts';
import { userIds } from './id-source.ts';
import { type PlannedMeasure, partOf, type SeriesContext } from './measures.ts';
import { WHOLE } from './part.ts';
import type { Period } from './period.ts';
import { toPropertyValue } from './property-value.ts';
import { scanOf } from './quantity.ts';
import type { GroupSet, Question } from './question.ts';
import { ratioPoint } from './series.ts';

const PAYMENT = 'payment';
const CHANNEL = 'channel';
const CURRENCY = 'currency';
/** The property of a user that a cost's channel stands for. */
const CHANNEL_OF_USER = 'acquisition_channel';

/** What one month's marketing in one channel cost. */
interface Cost {
  amount: number;
  /** Half-open span of the month. */
  fromMs: number;
  toMs: number;
  currency: string | null;
  fields: Record<string, unknown>;
}

/**
 * What a new customer cost: the costs of a span, each month's spread evenly over its time, ÷ users whose first payment
 * lies in the span. Costs are known by channel and currency only, and currencies are never added.
 */
export async function planAcquisitionCost(
  context: SeriesContext,
  filters: readonly Filter[],
): Promise<PlannedMeasure> {
  const { question, period } = context;
  question.note(
    "A month's acquisition cost is spread evenly over it*; a new customer is a user with a first payment.",
  );
  refuseForeignBreakdown(question);
  const costs = costsIn(question, period, filters);
  refuseSeveral(question, costs);
  const isFirst = await firstMatches(question, { event: PAYMENT }, 'ever', WHOLE);
  const ids = userIds(question.view);
  const cells = new DistinctCells(period.axis.buckets, ids.universe);
  const part = { ...partOf(context, { event: PAYMENT, filters: [...filters] }), occursFromMs: Infinity };
  const { scan, groups } = scanOf(part, (rows) => {
    const users = question.scratch.takeInts(rows.count);
    ids.assign(rows, users);
    for (let i = 0; i < rows.count; i++) {
      if (!isFirst(rows.batch, rows.rows[i] as number)) continue;
      const group = rows.groups[i] as number;
      cells.addOne(users[i] as number, group, rows.buckets[i] as number);
      groups.grouping.markOne(group);
    }
    question.scratch.giveInts(users);
  });
  const groupOf = new Map<Cost, number>();
  return {
    scans: [scan],
    finish() {
      for (const cost of costs) groupOf.set(cost, groups.grouping.addOccurring(valueOf(question, cost)));
    },
    point(set, bucket) {
      const spent = costOf(costs, spanOf(period, bucket), inSet(set.idsIn(groups), groupOf));
      return ratioPoint(spent, cells.at(set.idsIn(groups), bucket));
    },
    units: (set: GroupSet) => cells.at(set.idsIn(groups), null),
  };
}

const inSet = (ids: readonly number[], groupOf: ReadonlyMap<Cost, number>): ((cost: Cost) => boolean) => {
  const taken = new Set(ids);
  return (cost) => taken.has(groupOf.get(cost) ?? -1);
};

function spanOf({ startMs, endMs, axis }: Period, bucket: number | null): [number, number] {
  if (bucket === null) return [startMs, endMs];
  const { boundaries } = axis;
  return [Math.max(boundaries[bucket] ?? 0, startMs), Math.min(boundaries[bucket + 1] ?? 0, endMs)];
}

function costOf(
  costs: readonly Cost[],
  [fromMs, toMs]: [number, number],
  counts: (cost: Cost) => boolean,
): number {
  const sum = new ExactSum();
  for (const cost of costs) if (counts(cost)) sum.add(shareOf(cost, fromMs, toMs));
  return sum.value;
}

function shareOf(cost: Cost, fromMs: number, toMs: number): number {
  const overlapMs = Math.min(toMs, cost.toMs) - Math.max(fromMs, cost.fromMs);
  return overlapMs <= 0 ? 0 : (cost.amount * overlapMs) / (cost.toMs - cost.fromMs);
}

/** Costs that touch the period and pass the filters that costs can have. */
function costsIn(question: Question, period: Period, filters: readonly Filter[]): Cost[] {
  const { spec, view } = question;
  const own = [...spec.filters, ...filters].filter((filter) => looksAtOnly(filter, [CHANNEL, CURRENCY]));
  const ofUsers = spec.userFilters.filter((filter) => looksAtOnly(filter, [CHANNEL_OF_USER]));
  return view
    .costs()
    .flatMap((row) => costFrom(row, period))
    .filter(
      (cost) =>
        shareOf(cost, period.startMs, period.endMs) > 0 &&
        passes(own, cost.fields) &&
        passes(ofUsers, { [CHANNEL_OF_USER]: cost.fields[CHANNEL] }),
    );
}

const looksAtOnly = (filter: Filter, names: readonly string[]): boolean =>
  propertiesOf([filter]).every((name) => names.includes(name));

function passes(filters: readonly Filter[], fields: Record<string, unknown>): boolean {
  return filters.every((filter) =>
    'any' in filter
      ? filter.any.some((branch) => passes([branch], fields))
      : compileTest(filter)(toPropertyValue(fields[filter.property])),
  );
}

function costFrom(fields: Record<string, unknown>, { calendar }: Period): Cost[] {
  const { month, amount, currency } = fields;
  if (typeof month !== 'string' || typeof amount !== 'number') return [];
  const day = parseDate(`${month.slice(0, 7)}-01`);
  if (day === null) return [];
  const fromMs = calendar.zone.startOfDayMs(day);
  return [
    { amount, fromMs, toMs: bucketEndMs(calendar, 'month', fromMs), currency: textIn(currency), fields },
  ];
}

/** A cost's value on the axes of the breakdown. */
const valueOf = ({ breakdown }: Question, { fields }: Cost): GroupValue =>
  breakdown.map((axis) => textIn(fields[axis.kind === 'user' ? CHANNEL : CURRENCY]));

const textIn = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function refuseForeignBreakdown({ breakdown }: Question): void {
  const isKnown = breakdown.every(
    (axis) => axis.label === (axis.kind === 'user' ? CHANNEL_OF_USER : CURRENCY),
  );
  if (isKnown) return;
  const message = `cac: costs are known by user property ${CHANNEL_OF_USER} and by property ${CURRENCY} only`;
  throw new AppError('bad-input', `breakdown: ${message}`, { path: 'breakdown' });
}

function refuseSeveral({ breakdown }: Question, costs: readonly Cost[]): void {
  const isSplit = breakdown.some((axis) => axis.kind === 'event' && axis.label === CURRENCY);
  const found = [...new Set(costs.map(({ currency }) => currency ?? '(none)'))].sort();
  if (isSplit || found.length <= 1) return;
  const message = `cac: costs are in ${found.join(', ')}, which are never added; break down by currency or filter on one`;
  throw new AppError('bad-input', message, { path: 'series' });
}
