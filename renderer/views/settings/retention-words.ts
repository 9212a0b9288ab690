import type { RetentionSource } from '../../../shared/rpc/contract/privacy.ts';
import { formatDateRange } from '../../../shared/format/calendar.ts';
import { formatBytes, formatCount, formatQuantity } from '../../../shared/format/numbers.ts';

/** Settings of one source as they would be saved. */
export interface RetentionChange {
  sourceName: string;
  hotDays: number;
  aggregateDays: number;
  purges: boolean;
}

type Amount = RetentionSource['next'];

const NOTHING: Amount = { days: 0, firstDay: null, lastDay: null, rows: 0, rowsToAggregates: 0, bytes: 0 };

/** The sentence that the page opens with. */
export function retentionFinding(
  sources: readonly RetentionSource[],
  now: string,
): { lead: string; rest: string } {
  const purging = sources.filter(({ purges }) => purges);
  const old = sumOf(sources.map(({ next }) => next));
  if (sources.length === 0) return { lead: 'Nothing is kept yet.', rest: ' No source of events is there.' };
  if (purging.length === 0)
    return {
      lead: 'Nothing is purged.',
      rest:
        old.rows === 0
          ? ' No row is older than its source keeps rows.'
          : ` ${formatQuantity(old.rows, 'row')} ${old.rows === 1 ? 'is' : 'are'} older than their sources keep rows.`,
    };
  const next = nextPurge(sources);
  if (next.rows === 0)
    return { lead: 'The next purge takes nothing.', rest: ' No row is old enough where purging is on.' };
  return {
    lead: `The next purge takes ${formatQuantity(next.rows, 'row')}.`,
    rest: ` ${spanText(next, now)}; ${shareText(next)}.`,
  };
}

/** What a purge takes of all sources that purge. */
export const nextPurge = (sources: readonly RetentionSource[]): Amount =>
  sumOf(sources.filter(({ purges }) => purges).map(({ next }) => next));

/** Days of several sources: from the first of all to the last, as many as the one with the most has at least. */
function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (sum, one) => ({
      days: Math.max(sum.days, one.days),
      firstDay: earlier(sum.firstDay, one.firstDay, -1),
      lastDay: earlier(sum.lastDay, one.lastDay, 1),
      rows: sum.rows + one.rows,
      rowsToAggregates: sum.rowsToAggregates + one.rowsToAggregates,
      bytes: sum.bytes + one.bytes,
    }),
    NOTHING,
  );
}

function earlier(one: string | null, other: string | null, sign: 1 | -1): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other === (sign === -1) ? one : other;
}

export function spanText({ firstDay, lastDay }: Pick<Amount, 'firstDay' | 'lastDay'>, now: string): string {
  return firstDay === null || lastDay === null
    ? 'none'
    : formatDateRange(firstDay, lastDay, now.slice(0, 10));
}

/** "12,000 become aggregates, 340 go altogether, about 1.2 MB as stored now". */
export const shareText = ({ rows, rowsToAggregates, bytes }: Amount): string =>
  [
    ...(rowsToAggregates === 0 ? [] : [`${formatCount(rowsToAggregates)} become aggregates`]),
    ...(rows === rowsToAggregates ? [] : [`${formatCount(rows - rowsToAggregates)} go altogether`]),
    `about ${formatBytes(bytes)} as stored now`,
  ].join(', ');

/** What settings would do that are not saved yet. */
export function changeText({ purges }: RetentionChange, { next }: RetentionSource, now: string): string {
  if (next.rows === 0)
    return purges
      ? 'No row is old enough now; from then on the oldest days go, once a day.'
      : 'No row would be old enough to go.';
  const amount = `${formatQuantity(next.rows, 'row')} of ${formatQuantity(next.days, 'day')} (${spanText(next, now)})`;
  return purges
    ? `A purge then takes ${amount}: ${shareText(next)}. It runs once a day; what goes cannot be had back.`
    : `With purging on, ${amount} would go: ${shareText(next)}.`;
}

const DAYS_OF_A_YEAR = 365;
const YEARS = [1, 2, 3, 5, 10] as const;

/** "2 years", "400 days". */
export const lengthText = (days: number): string =>
  days % DAYS_OF_A_YEAR === 0 ? formatQuantity(days / DAYS_OF_A_YEAR, 'year') : formatQuantity(days, 'day');

/** For how long aggregates may be kept beside rows of `hotDays`; as long as these: there are none. */
export function aggregateChoices(hotDays: number, chosen: number): { id: string; label: string }[] {
  const days = new Set(YEARS.map((years) => years * DAYS_OF_A_YEAR).filter((length) => length > hotDays));
  if (chosen > hotDays) days.add(chosen);
  return [
    { id: String(hotDays), label: 'None' },
    ...[...days].sort((a, b) => a - b).map((length) => ({ id: String(length), label: lengthText(length) })),
  ];
}
