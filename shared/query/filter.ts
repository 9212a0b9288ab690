import { z } from 'zod';

export const Scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected a text, a number, true or false',
});
export type Scalar = z.infer<typeof Scalar>;

export const FILTER_OPS = [
  'is',
  'is_not',
  'contains',
  'not_contains',
  'regex',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'is_set',
  'is_not_set',
] as const;

const PropertyName = z.string().min(1).max(256).meta({
  description: 'Event column or property; both share one name space.',
});
const scalars = z.array(Scalar).min(1).max(10_000);

const regexSource = z
  .string()
  .max(1_000)
  .refine(isRegularExpression, { error: 'is not a valid regular expression' });

const MatchFilter = z.strictObject({
  property: PropertyName,
  op: z.enum(['is', 'is_not', 'contains', 'not_contains']),
  value: z
    .union([Scalar, scalars], { error: 'expected a text, a number, true or false, or a list of them' })
    .meta({ description: 'A list means any of them; for is_not and not_contains none.' }),
});
const RegexFilter = z.strictObject({
  property: PropertyName,
  op: z.literal('regex'),
  value: z.union([regexSource, z.array(regexSource).min(1).max(100)], {
    error: 'expected a regular expression or a list of them',
  }),
});
const OrderFilter = z.strictObject({
  property: PropertyName,
  op: z.enum(['gt', 'gte', 'lt', 'lte']),
  value: Scalar,
});
const BetweenFilter = z.strictObject({
  property: PropertyName,
  op: z.literal('between'),
  value: z
    .tuple([Scalar, Scalar], { error: 'expected a list of two bounds' })
    .meta({ description: 'Both bounds are included.' }),
});
const PresenceFilter = z.strictObject({
  property: PropertyName,
  op: z.enum(['is_set', 'is_not_set']),
});

export const PropertyFilter = z.discriminatedUnion('op', [
  MatchFilter,
  RegexFilter,
  OrderFilter,
  BetweenFilter,
  PresenceFilter,
]);
export type PropertyFilter = z.infer<typeof PropertyFilter>;

export type Filter = PropertyFilter | { any: Filter[] };

/** Filters in a list are joined by and; `any` joins by or. */
export const Filter: z.ZodType<Filter> = z.lazy(() =>
  z.union([PropertyFilter, z.strictObject({ any: z.array(Filter).min(1).max(100) })], {
    error: 'expected { property, op, value } or { any: [filters] }',
  }),
);
export const Filters = z.array(Filter).max(100).default([]);

export interface EventRef {
  event?: string | null | undefined;
  filters?: Filter[] | undefined;
  anyOf?: EventRef[] | undefined;
}

export const eventRefFields = {
  event: z.string().min(1).max(64).nullable().optional().meta({ description: 'null means any event.' }),
  filters: z.array(Filter).max(100).optional(),
  anyOf: z
    .lazy(() => z.array(EventRef).min(1).max(50))
    .optional()
    .meta({ description: 'Stands instead of event: any of these.' }),
};

/** Which events are meant: one type, any (`null`), or any of a list; narrowed by filters. */
export const EventRef: z.ZodType<EventRef> = z.lazy(() =>
  z.strictObject(eventRefFields).superRefine(requireOneEvent),
);

export function requireOneEvent(ref: EventRef, context: z.RefinementCtx): void {
  if (ref.anyOf !== undefined && ref.event !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['anyOf'],
      message: 'stands instead of event; give one of the two',
    });
  }
  if (ref.anyOf === undefined && ref.event === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['event'],
      message: 'is missing; a name, or null for any event',
    });
  }
}

function isRegularExpression(source: string): boolean {
  try {
    compileRegex(source);
    return true;
  } catch {
    return false;
  }
}

/**
 * Case-sensitive, matching anywhere. Patterns such as `\-` are refused in unicode mode only; they are accepted as
 * warehouses accept them. Throws SyntaxError for what is no pattern at all.
 */
export function compileRegex(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}
