import type { StoredColumn } from '../../format/types.ts';

/**
 * What stays of an event that is kept as an aggregate: when, of which type, and along which dimensions. Nobody's ids, no
 * numbers, no further properties. A default of ours*.
 */
export const AGGREGATE_PROPERTIES: ReadonlySet<string> = new Set([
  'practice_id',
  'practice_category',
  'master_id',
  'state',
  'feature_name',
  'goal_completed',
  'experiment_id',
  'variant',
]);

/** Every zone's days and hours begin at a multiple of it, so counts by day stay exact in all of them. */
export const AGGREGATE_STEP_MS = 15 * 60 * 1000;

export const isPersonalColumn = ({ name }: Pick<StoredColumn, 'name'>): boolean =>
  name === 'user' || name === 'session' || isFurtherProperty(name);

const isFurtherProperty = (name: string): boolean =>
  name.startsWith('n.') || (name.startsWith('p.') && !AGGREGATE_PROPERTIES.has(name.slice(2)));
