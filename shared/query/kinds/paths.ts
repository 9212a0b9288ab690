import { z } from 'zod';
import { commonFields, PropertyName } from '../common-spec.ts';
import { eventRefFields, requireOneEvent } from '../filter.ts';

const ItemText = z.string().min(1).max(2_000);

const PathItem = z
  .strictObject({
    ...eventRefFields,
    by: PropertyName.optional().meta({ description: 'What names the item; default: the event type.' }),
  })
  .superRefine(requireOneEvent);

export const PathsSpec = z.strictObject({
  kind: z.literal('paths'),
  ...commonFields,
  items: z
    .array(PathItem)
    .min(1)
    .max(20)
    .default([{ event: null }])
    .meta({
      description: 'Which events are items, the first fitting entry counts; default: all.',
    }),
  start: ItemText.nullable().default(null),
  end: ItemText.nullable().default(null),
  steps: z.int().min(2).max(50).default(5).meta({ description: 'Items of a path that are kept.' }),
  exclude: z.array(ItemText).max(100).default([]),
  group: z.array(ItemText).max(100).default([]).meta({
    description: 'Patterns; * is any characters, found anywhere in the item.',
  }),
  gapMinutes: z.number().positive().max(525_600).default(30),
});
export type PathsSpec = z.infer<typeof PathsSpec>;
