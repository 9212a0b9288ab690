import { formatSpanInWords, isCalendarDate } from '../../../shared/format/calendar.ts';
import { isMetricId } from '../../../shared/domain/metrics.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { eventLabel, propertyLabel, uncapitalise } from '../../state/event-names.ts';
import { filterInWords } from '../../state/filter-words.ts';
import { KIND_CHOICES } from './form-fields.ts';

/** "Capture rate by day, where locale is sv, 23 October to 19 November". */
export function questionInWords(spec: QuerySpecInput): string {
  const filters = filtersIn(spec).map(filterInWords);
  return [
    subjectOf(spec) + everyOf(spec) + breakdownOf(spec),
    ...(filters.length === 0 ? [] : [`where ${filters.join(' and ')}`]),
    datesOf(spec),
  ]
    .filter(Boolean)
    .join(', ');
}

/** A question that was checked holds filters, whatever its written form says. */
export const filtersIn = ({ filters }: QuerySpecInput): readonly Filter[] => (filters ?? []) as Filter[];

function subjectOf(spec: QuerySpecInput): string {
  if (spec.kind !== 'trend') return KIND_CHOICES.find(({ id }) => id === spec.kind)?.label ?? spec.kind;
  const names = spec.series.map(({ name, measure = 'events', event, property }) => {
    if (name !== undefined) return name;
    if (isMetricId(measure)) return inWords(measure);
    const of = property === undefined ? '' : ` of ${uncapitalise(propertyLabel(property))}`;
    return `${inWords(measure)}${of} with ${uncapitalise(eventLabel(event ?? null))}`;
  });
  const [first = '', ...others] = names;
  const text = others.length === 0 ? first : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const inWords = (name: string): string => name.replaceAll('_', ' ');

function everyOf(spec: QuerySpecInput): string {
  if (!('interval' in spec) || spec.interval === undefined) return '';
  return spec.kind === 'trend' && spec.display === 'total' ? '' : ` by ${spec.interval}`;
}

function breakdownOf({ breakdown }: QuerySpecInput): string {
  if (breakdown == null) return '';
  if ('userProperty' in breakdown)
    return ` and ${uncapitalise(propertyLabel(breakdown.userProperty))} of the person`;
  const properties = Array.isArray(breakdown.property) ? breakdown.property : [breakdown.property];
  return ` and ${properties.map((property) => uncapitalise(propertyLabel(property))).join(', ')}`;
}

function datesOf({ range }: QuerySpecInput): string {
  const { from, to } = range ?? {};
  if (from == null && to == null) return 'all days';
  if (from == null) return `up to ${to ?? ''}`;
  if (to == null) return `since ${from}`;
  return isCalendarDate(from) && isCalendarDate(to) ? formatSpanInWords(from, to) : `${from} to ${to}`;
}
