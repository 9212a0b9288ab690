import { AppError } from '../errors.ts';
import type { QuerySpecInput } from '../query/spec.ts';
import { Subject, WATCH_MEASURES } from './rule.ts';
import type { WatchItem } from './watch.ts';

const WATCHABLE: ReadonlySet<string> = new Set(['trend', 'funnel', 'retention', 'sessions', 'lifecycle']);
const MEASURES: ReadonlySet<string> = new Set(WATCH_MEASURES);
const FIRST_RETURN = 1; // column of a retention table
const MAX_ID_LENGTH = 48;

/**
 * The entry of the watch list that watches what a question shows: its first series, whole. A plain measure is watched by
 * the hour by the detector that knows its noise, everything else by the day. Throws `bad-input` where the answer is no
 * series over time.
 */
export function itemOfSpec(spec: QuerySpecInput, name: string, taken: ReadonlySet<string>): WatchItem {
  if (!WATCHABLE.has(spec.kind))
    throw new AppError(
      'bad-input',
      `${name}: a "${spec.kind}" question is no series over time, so it cannot be watched`,
    );
  const subject = measureOf(spec) ?? questionSubject(spec, name);
  return { itemId: freeId(name, taken), subject, splitBy: null };
}

function measureOf(spec: QuerySpecInput): Subject | null {
  if (spec.kind !== 'trend' || hasFormulas(spec)) return null;
  const [first] = spec.series;
  if (first?.measure === undefined || !MEASURES.has(first.measure) || first.measure === 'state_share')
    return null;
  if (first.measure === 'events' && first.event !== null) return null;
  const filters = [...(spec.filters ?? []), ...(first.filters ?? [])];
  return Subject.parse({ measure: first.measure, filters, interval: 'hour' });
}

function questionSubject(spec: QuerySpecInput, name: string): Subject {
  const asked = Object.fromEntries(Object.entries(spec).filter(([field]) => !SET_BY_WATCH.has(field)));
  if (spec.kind === 'trend' && !hasFormulas(spec)) asked['series'] = spec.series.slice(0, 1);
  return Subject.parse({
    question: asked,
    column: columnOf(spec),
    name: name.slice(0, 200),
    interval: 'day',
  });
}

/** Whoever watches asks whole series, by the day, of one environment, up to now. */
const SET_BY_WATCH: ReadonlySet<string> = new Set([
  'environment',
  'range',
  'breakdown',
  'compare',
  'display',
  'interval',
]);

const hasFormulas = ({ formulas }: { formulas?: readonly string[] }): boolean => (formulas ?? []).length > 0;

const columnOf = (spec: QuerySpecInput): number =>
  spec.kind === 'funnel' ? spec.steps.length - 1 : FIRST_RETURN;

function freeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH);
  const base = `watch-${plain === '' ? 'question' : plain}`;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}
