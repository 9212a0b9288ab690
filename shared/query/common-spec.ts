import { z } from 'zod';
import { parseDate } from '../time/calendar-date.ts';
import { CohortRef } from './cohort.ts';
import { Filters } from './filter.ts';

/** What every kind of question shares. */

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

const RangeSide = z
  .string()
  .refine((side) => parseDate(side) !== null || isInstant(side), {
    error: 'is neither a date (2026-11-19) nor an instant with a zone (2026-11-19T12:00:00Z)',
  })
  .nullable()
  .meta({
    description: 'A date (that day is included on both sides) or an instant (half-open); null is unbounded.',
  });

export const Range = z
  .strictObject({ from: RangeSide.default(null), to: RangeSide.default(null) })
  .superRefine(checkOrder);
export type Range = z.infer<typeof Range>;

export const INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export const Interval = z.enum(INTERVALS);
export type Interval = z.infer<typeof Interval>;

export const Zone = z.string().refine(isZone, { error: 'is not an IANA time zone' });
export const WeekStart = z.enum(['monday', 'sunday']);
export type WeekStart = z.infer<typeof WeekStart>;

const Limit = z
  .int()
  .min(1)
  .max(10_000)
  .default(25)
  .meta({ description: 'Values drawn; the rest is summed in `rest`.' });
export const PropertyName = z.string().min(1).max(256);
export const Breakdown = z.union(
  [
    z.strictObject({
      property: z.union([PropertyName, z.array(PropertyName).min(1).max(5)], {
        error: 'expected the name of a property or a list of up to 5',
      }),
      limit: Limit,
    }),
    z.strictObject({ userProperty: PropertyName, limit: Limit }),
  ],
  { error: 'expected { property } or { userProperty }, with an optional limit' },
);
export type Breakdown = z.infer<typeof Breakdown>;

export const Compare = z.union(
  [
    z.literal('previous'),
    z.strictObject({ shiftDays: z.int().min(1).max(3_660) }),
    z.strictObject({ from: RangeSide, to: RangeSide }).superRefine(checkOrder),
  ],
  { error: 'expected "previous", { shiftDays } or { from, to }' },
);
export type Compare = z.infer<typeof Compare>;

export const commonFields = {
  environment: z.string().min(1).max(64).meta({ description: 'Exactly one; environments never mix.' }),
  range: Range.default({ from: null, to: null }),
  zone: Zone.optional().meta({ description: "IANA zone; default: the workspace's." }),
  weekStart: WeekStart.optional().meta({ description: "Default: the workspace's." }),
  filters: Filters.meta({ description: 'On every event that takes part.' }),
  userFilters: Filters.meta({ description: 'On the users dimension, latest values.' }),
  cohort: CohortRef.nullable().default(null),
  breakdown: Breakdown.nullable().default(null),
  compare: Compare.nullable().default(null),
};

/** Of kinds that count users or other units: whom the counts count. */
export const members = z
  .boolean()
  .default(false)
  .meta({ description: 'Counts also list whom they count, by id, at most 10,000; refused by what leaves.' });

/** One more fault of a question that its fields alone do not show. */
export function refuse(context: z.RefinementCtx, path: PropertyKey[], message: string): void {
  context.addIssue({ code: 'custom', path, message });
}

function isInstant(text: string): boolean {
  const date = INSTANT.exec(text)?.[1];
  return date !== undefined && parseDate(date) !== null && !Number.isNaN(Date.parse(text));
}

/** Two sides of one form; a date beside an instant is compared once the zone is known. */
function checkOrder(
  { from, to }: { from: string | null; to: string | null },
  context: z.RefinementCtx,
): void {
  if (from === null || to === null) return;
  const areDates = parseDate(from) !== null && parseDate(to) !== null;
  const areInstants = isInstant(from) && isInstant(to);
  const isEmpty = areDates ? from > to : areInstants && Date.parse(from) >= Date.parse(to);
  if (isEmpty) refuse(context, ['to'], `is not after from (${from})`);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
