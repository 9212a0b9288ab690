import { formatSpanInWords } from '../../../shared/format/calendar.ts';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import type { UnitNames } from '../../state/event-names.ts';
import type { FunnelBucket, FunnelStep } from './columns.ts';
import { differenceOf } from '../../state/difference.ts';

/** The sentence that the page opens with, computed from the columns of its charts. */

export interface FunnelFinding {
  lead: string;
  /** May be empty. */
  rest: string;
}

export interface FunnelFindingInput {
  steps: readonly FunnelStep[];
  /** Of each step that has one before it: conversions into it, by bucket; null while they are not known. */
  buckets: readonly { to: number; buckets: readonly FunnelBucket[] | null }[];
  bucket: 'day' | 'week';
  units: UnitNames;
  /** "openings" and "end in a captured reaction"; null for a funnel of one's own. */
  words: { entries: string; outcome: string } | null;
  hasFilters: boolean;
  /** Every bucket that will be looked at is known. */
  isComplete: boolean;
  /** Buckets with fewer units are not judged. */
  smallSample: number;
}

export function describeFunnel(input: FunnelFindingInput): FunnelFinding {
  const first = input.steps[0];
  const last = input.steps.at(-1);
  if (first === undefined || last === undefined) return { lead: 'This funnel has no steps.', rest: '' };
  if (first.count === 0) {
    const where = input.hasFilters ? 'under these filters' : 'in these dates';
    return { lead: `Nobody enters at ${quoted(first.name)} ${where}.`, rest: '' };
  }
  return { lead: leadOf(input, first, last), rest: restOf(input, first) };
}

function leadOf({ steps, words, units }: FunnelFindingInput, first: FunnelStep, last: FunnelStep): string {
  if (steps.length === 1)
    return `${formatQuantity(first.count, units.one, units.many)} did ${quoted(first.name)}.`;
  const rate = formatRate(last.fromFirst);
  if (words !== null) return `${rate} of ${words.entries} ${words.outcome}.`;
  return `${rate} of ${units.many} get from ${quoted(first.name)} to ${quoted(last.name)}.`;
}

/** Names of steps are the user's own text; quotes keep them apart from the sentence. */
const quoted = (name: string): string => `“${name}”`;

function restOf(input: FunnelFindingInput, first: FunnelStep): string {
  if (!input.isComplete) return '';
  if (first.count < input.smallSample) {
    return ` Only ${formatQuantity(first.count, input.units.one, input.units.many)} entered.`;
  }
  const run = worstRun(input);
  if (run !== null) {
    const { from, to, loss, name } = run;
    const when = input.bucket === 'day' ? 'on' : from === to ? 'in the week of' : 'in the weeks of';
    return ` ${name} lost ${formatRate(loss)} ${when} ${formatSpanInWords(from, to)}.`;
  }
  return largestLoss(input.steps);
}

function largestLoss(steps: readonly FunnelStep[]): string {
  const worst = steps
    .filter(({ isOptional, left }) => !isOptional && left !== null)
    .toSorted((a, b) => (b.left ?? 0) - (a.left ?? 0))[0];
  if (worst?.left == null || worst.left === 0) return '';
  return ` Most are lost before ${quoted(worst.name)}: ${formatCount(worst.left)}, ${formatRate(worst.loss.value)}.`;
}

export interface LossRun {
  to: string;
  from: string;
  step: number;
  name: string;
  /** Share lost in the run and in the other complete buckets. */
  loss: number;
  usual: number;
}

/** Chance of one false alarm over everything that is looked at. */
const FALSE_ALARM = 0.01;

/** The step and run of neighbouring buckets where clearly more were lost than in the other buckets. A bucket counts when
 *  its own test says so at a level shared by all of them (Bonferroni); a small or partial bucket is not judged. */
export function worstRun({ steps, buckets, smallSample }: FunnelFindingInput): LossRun | null {
  const judgedInAll = buckets.reduce((sum, each) => sum + (judged(each.buckets, smallSample).length || 0), 0);
  const runs = buckets.flatMap(({ to, buckets: all }) => {
    const step = steps[to];
    if (all === null || step === undefined || step.isOptional) return [];
    return runsOf(all, smallSample, FALSE_ALARM / Math.max(1, judgedInAll)).map((run) => ({
      ...run,
      step: to,
      name: step.name,
    }));
  });
  return runs.toSorted((a, b) => b.loss - b.usual - (a.loss - a.usual))[0] ?? null;
}

const judged = (buckets: readonly FunnelBucket[] | null, smallSample: number): FunnelBucket[] =>
  (buckets ?? []).filter(({ isPartial, entered }) => !isPartial && entered >= smallSample);

function runsOf(
  buckets: readonly FunnelBucket[],
  smallSample: number,
  level: number,
): Pick<LossRun, 'from' | 'to' | 'loss' | 'usual'>[] {
  const usable = judged(buckets, smallSample);
  const isHigh = (bucket: FunnelBucket): boolean => {
    if (!usable.includes(bucket)) return false;
    const difference = differenceOf(lostIn([bucket]), lostIn(usable.filter((each) => each !== bucket)));
    return difference !== null && difference.points > 0 && (difference.pValue ?? 1) < level;
  };
  const runs: FunnelBucket[][] = [];
  buckets.forEach((bucket, index) => {
    const before = buckets[index - 1];
    if (!isHigh(bucket)) return;
    if (before !== undefined && isHigh(before)) runs.at(-1)?.push(bucket);
    else runs.push([bucket]);
  });
  return runs.flatMap((run) => {
    const [inside, outside] = [lostIn(run), lostIn(usable.filter((each) => !run.includes(each)))];
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined || outside.n === 0) return [];
    return [
      { from: first.date, to: last.date, loss: inside.count / inside.n, usual: outside.count / outside.n },
    ];
  });
}

function lostIn(buckets: readonly FunnelBucket[]): { count: number; n: number } {
  return buckets.reduce(
    ({ count, n }, { entered, converted }) => ({ count: count + entered - converted, n: n + entered }),
    { count: 0, n: 0 },
  );
}
