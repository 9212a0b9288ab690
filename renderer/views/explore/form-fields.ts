import { METRIC_IDS } from '../../../shared/domain/metrics.ts';
import type { QueryKind } from '../../../shared/query/spec.ts';

/** What the form offers of each kind of question; whatever else a question holds stays as it is. */

export type Path = readonly (string | number)[];

export interface FormField {
  label: string;
  path: Path;
  /** `event` may be empty: any event. `number` and `text` may be emptied: then the default counts. */
  type: 'choice' | 'event' | 'property' | 'number' | 'text';
  choices?: readonly { id: string; label: string }[];
}

const named = (...ids: string[]): { id: string; label: string }[] =>
  ids.map((id) => ({ id, label: words(id) }));
const words = (id: string): string => {
  const text = id.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const INTERVAL: FormField = {
  label: 'Every',
  path: ['interval'],
  type: 'choice',
  choices: named('hour', 'day', 'week', 'month'),
};
const EVENT: FormField = { label: 'Event', path: ['event'], type: 'event' };

const COUNTS = ['events', 'users', 'sessions', 'weekly_active', 'monthly_active'];
const OF_A_PROPERTY = ['sum', 'mean', 'min', 'max', 'quantile'];
export const MEASURE_CHOICES = named(...METRIC_IDS, ...COUNTS, ...OF_A_PROPERTY);

export const needsProperty = (measure: unknown): boolean => OF_A_PROPERTY.includes(String(measure));

export const KIND_CHOICES: readonly { id: QueryKind; label: string }[] = [
  { id: 'trend', label: 'Numbers over time' },
  { id: 'states', label: 'States by group' },
  { id: 'funnel', label: 'Funnel' },
  { id: 'retention', label: 'Retention' },
  { id: 'lifecycle', label: 'Lifecycle' },
  { id: 'stickiness', label: 'Stickiness' },
  { id: 'paths', label: 'Paths' },
  { id: 'sessions', label: 'Sessions' },
  { id: 'distribution', label: 'Distribution' },
  { id: 'experiment', label: 'Experiment' },
];

const EVENT_REF = (label: string, name: string): FormField => ({
  label,
  path: [name, 'event'],
  type: 'event',
});

export const KIND_FIELDS: Record<QueryKind, readonly FormField[]> = {
  trend: [
    INTERVAL,
    { label: 'Show', path: ['display'], type: 'choice', choices: named('series', 'total', 'cumulative') },
  ],
  states: [{ label: 'Group by', path: ['groupBy'], type: 'property' }],
  funnel: [
    { label: 'Order', path: ['order'], type: 'choice', choices: named('ordered', 'strict', 'unordered') },
    { label: 'Show', path: ['show'], type: 'choice', choices: named('steps', 'trend', 'time') },
    { label: 'Within', path: ['window', 'value'], type: 'number' },
    {
      label: 'Unit of time',
      path: ['window', 'unit'],
      type: 'choice',
      choices: named('minute', 'hour', 'day', 'week', 'month'),
    },
  ],
  retention: [
    INTERVAL,
    {
      label: 'People come',
      path: ['type'],
      type: 'choice',
      choices: named('first_time', 'recurring', 'first_ever'),
    },
    EVENT_REF('Starts with', 'anchor'),
    EVENT_REF('Back with', 'return'),
    { label: 'Periods', path: ['periods'], type: 'number' },
    { label: 'Mode', path: ['mode'], type: 'choice', choices: named('calendar', 'rolling', '24h') },
  ],
  lifecycle: [INTERVAL, EVENT],
  stickiness: [INTERVAL, EVENT],
  paths: [
    { label: 'Items', path: ['items', 0, 'event'], type: 'event' },
    { label: 'Named by', path: ['items', 0, 'by'], type: 'property' },
    { label: 'Start', path: ['start'], type: 'text' },
    { label: 'End', path: ['end'], type: 'text' },
    { label: 'Steps', path: ['steps'], type: 'number' },
  ],
  sessions: [INTERVAL, { label: 'Pause ends it, min', path: ['gapMinutes'], type: 'number' }],
  distribution: [EVENT, { label: 'Of', path: ['property'], type: 'property' }],
  experiment: [
    { label: 'Experiment', path: ['experiment_id'], type: 'text' },
    { label: 'Measure', path: ['metric', 'measure'], type: 'choice', choices: named(...METRIC_IDS) },
    {
      label: 'Difference',
      path: ['difference'],
      type: 'choice',
      choices: named('relative', 'absolute'),
    },
  ],
};

/** Kinds whose number of events in a row is free: series of a trend, steps of a funnel. */
export const LIST_OF: Partial<Record<QueryKind, 'series' | 'steps'>> = { trend: 'series', funnel: 'steps' };

type Node = Record<string, unknown> | unknown[];

/** What stands at a place; undefined where there is none. */
export function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null ? (node as Node)[key as keyof Node] : undefined,
    tree,
  );
}

/** A copy with a value set at a place; undefined takes the field out. */
export function withValue<T>(tree: T, path: Path, value: unknown): T {
  return setIn(tree, path, value) as T; // the same shape but for that place
}

function setIn(tree: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const next = setIn(valueAt(tree, [key]), rest, value);
  if (Array.isArray(tree)) {
    return next === undefined
      ? tree.filter((_, index) => index !== key)
      : tree.toSpliced(Number(key), 1, next);
  }
  const fields = { ...(typeof tree === 'object' ? tree : {}), [key]: next };
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
}
