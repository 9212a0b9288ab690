import { z } from 'zod';

/** The shared Reactions Taxonomy (DATA §1): the only place state labels and their order come from. */
export const TaxonomyState = z.strictObject({
  id: z.string().min(1).max(64),
  label: z.string().min(1).max(64),
  order: z.int().min(1),
});
export const Taxonomy = z.strictObject({
  version: z.string().min(1),
  /** ISO 8601 instant or date from which this version holds. */
  valid_from: z.string(),
  states: z.array(TaxonomyState).min(1),
});
export type TaxonomyState = z.infer<typeof TaxonomyState>;
export type Taxonomy = z.infer<typeof Taxonomy>;

export const statesInOrder = (taxonomy: Taxonomy): TaxonomyState[] =>
  [...taxonomy.states].sort((a, b) => a.order - b.order);
