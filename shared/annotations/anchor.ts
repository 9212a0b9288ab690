import { z } from 'zod';
import { Filter } from '../query/filter.ts';

const Name = z.string().max(200);
const Day = z.iso.date();
const Instant = z.iso.datetime({ offset: true });
const DayOrInstant = z.union([Day, Instant], { error: 'expected a date or an instant' });

/** What a note is about: the question that the chart or table asked. Unknown keys are kept. */
export const Target = z.looseObject({
  view: z.string().min(1).max(100),
  metric: Name.nullable(),
  filters: z.array(Filter).max(100),
  breakdown: z
    .union([Name, z.array(Name.nullable()).max(10)])
    .nullable()
    .meta({ description: 'The value of the breakdown that the note is about; null: all of them.' }),
  interval: z.enum(['hour', 'day', 'week', 'month']).optional(),
  address: z
    .string()
    .max(4_000)
    .optional()
    .meta({ description: 'State of the view when the note was written; read by the view, never followed.' }),
});
export type Target = z.infer<typeof Target>;

/** Where in the view the note is pinned. */
export const Anchor = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('view') }),
  z.looseObject({ kind: z.literal('instant'), at: Instant }),
  z
    .looseObject({ kind: z.literal('range'), from: DayOrInstant, to: DayOrInstant })
    .meta({ description: 'Dates are both included; instants are [from, to).' }),
  z.looseObject({
    kind: z.literal('funnel_step'),
    step: z.int().min(0).meta({ description: 'Counted from 0.' }),
    name: Name.optional(),
  }),
  z.looseObject({ kind: z.literal('retention_row'), cohort: DayOrInstant }),
  z.looseObject({
    kind: z.literal('retention_cell'),
    cohort: DayOrInstant.meta({ description: 'Start of the period of the cohort.' }),
    period: z.int().min(0).meta({ description: 'Intervals since the cohort began.' }),
  }),
  z.looseObject({ kind: z.literal('practice'), id: Name }),
  z.looseObject({ kind: z.literal('master'), id: Name }),
  z.looseObject({
    kind: z.literal('series'),
    value: z.union([Name.nullable(), z.array(Name.nullable()).max(10)]),
  }),
]);
export type Anchor = z.infer<typeof Anchor>;

/** The number that the note discusses, as it stood when the note was written. */
export const DiscussedValue = z.looseObject({
  value: z.number().meta({ description: 'In the unit of the metric; a ratio is 0..1.' }),
  interval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .meta({ description: '95 % interval of the value, low and high; null where the metric has none.' }),
  n: z.number().min(0).nullable().optional().meta({ description: 'What the value rests on.' }),
  measured_at: Instant,
});
export type DiscussedValue = z.infer<typeof DiscussedValue>;

export interface ValueChange {
  was: number;
  now: number;
  /** Later data moved the value out of the interval it had; without an interval any change counts. */
  isBeyondInterval: boolean;
}

/** What became of the value a note discusses; null while it is as it was, or is not defined any more. */
export function valueChange({ value, interval }: DiscussedValue, now: number | null): ValueChange | null {
  if (now === null || now === value) return null;
  const [low, high] = interval ?? [value, value];
  return { was: value, now, isBeyondInterval: now < low || now > high };
}
