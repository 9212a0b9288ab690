import { daysBetween, formatSpanInWords } from '../../../shared/format/calendar.ts';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';

/** The sentence that a page opens with (DESIGN, Finding first), computed from the same columns as its charts. */

export interface FindingDay {
  /** First day of the bucket. */
  date: string;
  captured: number;
  completed: number;
  /** Still filling: never judged. */
  isPartial: boolean;
}

export interface FindingState {
  id: string;
  label: string;
  /** Reactions per bucket, beside `days`. */
  counts: readonly number[];
}

export interface FindingInput {
  days: readonly FindingDay[];
  states: readonly FindingState[];
  releases: readonly { version: string; date: string }[];
  /** Capture rates below this ratio fail. */
  thresholdRatio: number;
  /** Fewer completed sessions than this are not judged. */
  smallSample: number;
  bucket: 'day' | 'week';
  hasFilters: boolean;
  /** Set when the view is narrowed to these states: the rate is then theirs, and no threshold speaks of it. */
  stateLabels?: readonly string[];
}

export interface Span {
  from: string;
  to: string;
  /** Index of its first and last bucket in `days`. */
  first: number;
  last: number;
}

export interface RisenState {
  id: string;
  label: string;
  span: Span;
  share: number;
  /** Share on the other complete days of the range. */
  shareElsewhere: number;
}

export interface Finding {
  /** Bold part. */
  lead: string;
  /** What goes with it; may be empty. */
  rest: string;
  failing: Span[];
  release: string | null;
  risen: RisenState | null;
}

const RELEASE_LOOKBACK_DAYS = 3; // a release older than that is not "in the days before"

export function describeFinding(input: FindingInput): Finding {
  const quiet = (lead: string, rest = ''): Finding => ({
    lead,
    rest,
    failing: [],
    release: null,
    risen: null,
  });
  const { days, thresholdRatio, smallSample } = input;
  const complete = days.filter((day) => !day.isPartial);
  const completedInAll = sum(days, (day) => day.completed);
  if (completedInAll === 0) {
    return quiet(
      input.hasFilters
        ? 'No completed sessions match these filters.'
        : 'No completed sessions in these dates.',
    );
  }
  if (sum(complete, (day) => day.completed) === 0) {
    return quiet(
      'These dates are still filling.',
      ` So far ${formatQuantity(completedInAll, 'completed session')}.`,
    );
  }
  if (input.stateLabels !== undefined && input.stateLabels.length > 0) {
    return quiet(...stateInWords(input.stateLabels, days));
  }
  if (sum(days, (day) => day.captured) === 0) {
    return quiet(
      'No reactions were captured in these dates.',
      ` ${sessionsInWords(completedInAll)} were completed.`,
    );
  }
  const judged = complete.filter((day) => day.completed >= smallSample);
  if (judged.length === 0) return quiet(...tooFewInWords(input));
  const failing = failingSpans(days, thresholdRatio, smallSample);
  if (failing.length === 0) return quiet(...nothingStandsOut(input, judged, complete));
  const release = releaseBefore(input, failing);
  const risen = risenState(input, failing);
  return {
    lead: `${failingInWords(input, failing, complete)}${release === null ? '' : `, after release ${release}`}.`,
    rest: risen === null ? '' : ` ${risen.label} rose in the same ${input.bucket}s.`,
    failing,
    release,
    risen,
  };
}

/** Runs of neighbouring buckets that fail; a small or partial bucket ends a run. */
export function failingSpans(
  days: readonly FindingDay[],
  thresholdRatio: number,
  smallSample: number,
): Span[] {
  const spans: Span[] = [];
  days.forEach((day, index) => {
    if (!isFailing(day, thresholdRatio, smallSample)) return;
    const open = spans.at(-1);
    if (open?.last === index - 1) {
      open.last = index;
      open.to = day.date;
    } else spans.push({ from: day.date, to: day.date, first: index, last: index });
  });
  return spans;
}

export function isFailing(day: FindingDay, thresholdRatio: number, smallSample: number): boolean {
  return !day.isPartial && day.completed >= smallSample && day.captured / day.completed < thresholdRatio;
}

function failingInWords(input: FindingInput, failing: Span[], complete: FindingDay[]): string {
  const { thresholdRatio, bucket } = input;
  const threshold = formatRate(thresholdRatio, 0);
  const count = sum(failing, (span) => span.last - span.first + 1);
  const lastComplete = input.days.findLastIndex((day) => !day.isPartial);
  const [first] = failing;
  const latest = failing.at(-1);
  if (first === undefined || latest === undefined) return '';
  if (count === complete.length && count > 1)
    return `Capture was below ${threshold} on all ${formatCount(count)} complete ${bucket}s`;
  const runsOn = latest.last === lastComplete && latest.last > latest.first;
  if (failing.length === 1 && runsOn)
    return `Capture has been below ${threshold} since ${at(input, latest.from)}`;
  const verb = first.first === 0 ? 'was' : 'fell';
  const on = bucket === 'day' ? 'on' : 'in';
  if (failing.length === 1) return `Capture ${verb} below ${threshold} ${on} ${spanInWords(input, first)}`;
  if (failing.length === 2) {
    return `Capture ${verb} below ${threshold} ${on} ${spanInWords(input, first)} and ${on} ${spanInWords(input, latest)}`;
  }
  return `Capture fell below ${threshold} on ${formatQuantity(count, bucket)}, most recently ${spanInWords(input, latest)}`;
}

const at = ({ bucket }: FindingInput, date: string): string =>
  bucket === 'day' ? formatSpanInWords(date, date) : `the week of ${formatSpanInWords(date, date)}`;

function spanInWords(input: FindingInput, { from, to }: Span): string {
  if (input.bucket === 'day') return formatSpanInWords(from, to);
  return from === to ? at(input, from) : `the weeks of ${formatSpanInWords(from, to)}`;
}

const sessionsInWords = (count: number): string => formatQuantity(count, 'session');

function tooFewInWords({ smallSample, bucket, days }: FindingInput): [string, string] {
  const completed = sum(days, (day) => day.completed);
  const rate = formatRate(sum(days, (day) => day.captured) / completed);
  return [
    `Too few sessions to judge a single ${bucket}: none reaches ${formatCount(smallSample)}.`,
    ` All together ${rate} of ${sessionsInWords(completed)} captured a reaction.`,
  ];
}

function stateInWords(labels: readonly string[], days: readonly FindingDay[]): [string, string] {
  const completed = sum(days, (day) => day.completed);
  const captured = sum(days, (day) => day.captured);
  return [
    `${joinWithOr(labels)} followed ${formatRate(captured / completed)} of completed sessions.`,
    ` That is ${formatCount(captured)} of ${formatCount(completed)}.`,
  ];
}

function joinWithOr(labels: readonly string[]): string {
  const [last, ...others] = labels.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} or ${last ?? ''}`;
}

function nothingStandsOut(
  input: FindingInput,
  judged: FindingDay[],
  complete: FindingDay[],
): [string, string] {
  const { bucket, thresholdRatio } = input;
  const threshold = formatRate(thresholdRatio, 0);
  const which =
    judged.length === complete.length
      ? complete.length === 1
        ? `on the one complete ${bucket}`
        : `on all ${formatCount(complete.length)} complete ${bucket}s`
      : `on the ${formatQuantity(judged.length, bucket)} with ${formatCount(input.smallSample)} sessions or more`;
  return ['Nothing stands out.', ` Capture stayed at or above ${threshold} ${which}.`];
}

/** The latest release of the days before a drop; none where the range begins below the threshold. */
function releaseBefore({ releases, bucket }: FindingInput, failing: Span[]): string | null {
  const [first] = failing;
  if (first === undefined || failing.length > 1 || first.first === 0) return null;
  const lookbackDays = bucket === 'day' ? RELEASE_LOOKBACK_DAYS : 7;
  const candidates = releases
    .filter(({ date }) => date <= first.from && daysBetween(date, first.from) <= lookbackDays)
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return candidates.at(-1)?.version ?? null;
}

interface Share {
  count: number;
  n: number;
}

/** The state whose share rose most in the failing days, if that is beyond the intervals of both sides. */
function risenState(input: FindingInput, failing: Span[]): RisenState | null {
  const complete = input.days.flatMap((day, index) => (day.isPartial ? [] : [index]));
  const inside = new Set(failing.flatMap(({ first, last }) => range(first, last)));
  const totals = input.days.map((_, index) => sum(input.states, ({ counts }) => counts[index] ?? 0));
  const found = input.states
    .map((state) => riseOf(state, { complete, inside, totals, days: input.days, failing }))
    .filter((rise) => rise !== null)
    .toSorted((a, b) => b.share - b.shareElsewhere - (a.share - a.shareElsewhere));
  return found[0] ?? null;
}

interface RiseContext {
  complete: number[];
  inside: Set<number>;
  totals: number[];
  days: readonly FindingDay[];
  failing: Span[];
}

function riseOf(state: FindingState, context: RiseContext): RisenState | null {
  const { complete, inside, totals } = context;
  const within = shareOf(
    state,
    totals,
    complete.filter((index) => inside.has(index)),
  );
  const elsewhere = shareOf(
    state,
    totals,
    complete.filter((index) => !inside.has(index)),
  );
  if (within.n === 0 || elsewhere.n === 0) return null;
  if (wilsonInterval(within.count, within.n)[0] <= wilsonInterval(elsewhere.count, elsewhere.n)[1])
    return null;
  const span = widen(state, context, elsewhere);
  const spanIndexes = new Set(range(span.first, span.last));
  const risen = shareOf(
    state,
    totals,
    complete.filter((index) => spanIndexes.has(index)),
  );
  const rest = shareOf(
    state,
    totals,
    complete.filter((index) => !spanIndexes.has(index)),
  );
  if (rest.n === 0) return null;
  return {
    id: state.id,
    label: state.label,
    span,
    share: risen.count / risen.n,
    shareElsewhere: rest.count / rest.n,
  };
}

/** The longest failing span, grown by neighbouring days on which the state is above its usual share, day by day. */
function widen(state: FindingState, { failing, totals, days }: RiseContext, usual: Share): Span {
  const [longest] = failing.toSorted((a, b) => b.last - b.first - (a.last - a.first));
  let { first, last } = longest ?? { first: 0, last: 0 };
  const isAbove = (index: number): boolean => {
    const n = totals[index] ?? 0;
    if (n === 0 || days[index]?.isPartial !== false) return false;
    return wilsonInterval(state.counts[index] ?? 0, n)[0] > usual.count / usual.n;
  };
  while (isAbove(first - 1)) first -= 1;
  while (isAbove(last + 1)) last += 1;
  return { first, last, from: days[first]?.date ?? '', to: days[last]?.date ?? '' };
}

const shareOf = (state: FindingState, totals: number[], indexes: number[]): Share => ({
  count: sum(indexes, (index) => state.counts[index] ?? 0),
  n: sum(indexes, (index) => totals[index] ?? 0),
});

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
const sum = <T>(items: readonly T[], valueOf: (item: T) => number): number =>
  items.reduce((total, item) => total + valueOf(item), 0);
