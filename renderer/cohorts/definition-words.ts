import { isCalendarDate, formatDate } from '../../shared/format/calendar.ts';
import { formatCount, formatQuantity } from '../../shared/format/numbers.ts';
import {
  type CohortCell,
  type CohortDefinition,
  type CohortRef,
  type CohortRule,
  isNewUsers,
} from '../../shared/query/cohort.ts';
import type { EventRef, Filter } from '../../shared/query/filter.ts';
import { QuerySpec } from '../../shared/query/spec.ts';
import { toLocalDate } from '../../shared/format/local-time.ts';
import { DEFAULT_COHORTS } from '../state/cohorts-address.ts';
import { breakdownValueName } from '../state/breakdowns.ts';
import { savedChoice } from '../state/cohort-choice.ts';
import { capitalise, eventLabel, uncapitalise } from '../state/event-names.ts';
import { filterInWords } from '../state/filter-words.ts';
import { cohortLabel } from '../state/saved-cohorts-store.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import { stepName } from '../views/funnels/columns.ts';
import { joinWithAnd } from '../views/funnels/words.ts';
import { cohortName, columnName, inColumn, TYPE_LABELS } from '../views/cohorts/words.ts';

/** Whom a cohort holds, as a sentence. */

type Names = EnvironmentInfo | null;
type Spec<Kind extends QuerySpec['kind']> = Extract<QuerySpec, { kind: Kind }>;
type Cell<Key extends string> = Extract<CohortCell, Record<Key, unknown>>;

export function definitionInWords(definition: CohortDefinition, names: Names): string {
  if ('users' in definition)
    return `A list of ${formatQuantity(definition.users.length, 'id')}, as they were pasted.`;
  if ('all' in definition)
    return `People who ${joinWithAnd(definition.all.map((rule) => ruleInWords(rule, names)))}.`;
  const parsed = QuerySpec.safeParse(definition.question);
  if (!parsed.success) return 'People of a question that this version does not understand.';
  return `People who ${cellInWords(parsed.data, definition.cell, names)}${surroundings(parsed.data, names)}.`;
}

function cellInWords(spec: QuerySpec, cell: CohortCell, names: Names): string {
  if (spec.kind === 'funnel' && 'step' in cell) return stepInWords(spec, cell, names);
  if (spec.kind === 'retention' && 'period' in cell) return periodInWords(spec, cell);
  if (spec.kind === 'lifecycle' && 'status' in cell) return statusInWords(spec, cell);
  if (spec.kind === 'stickiness' && 'count' in cell)
    return `had ${eventInWords(spec.event, names)} in exactly ${formatQuantity(cell.count, spec.interval)}`;
  return 'are counted there';
}

function stepInWords(
  { steps, window, order, holdConstant }: Spec<'funnel'>,
  cell: Cell<'step'>,
  names: Names,
): string {
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) return `did ${eventInWords(first, names)}`;
  const reached = uncapitalise(stepName(steps[cell.step]));
  const before = uncapitalise(stepName(steps[cell.step - 1]));
  const what = cell.dropped ? `came to ${before} but not to ${reached}` : `came to ${reached}`;
  const how = { ordered: 'in order', strict: 'with nothing between', unordered: 'in any order' }[order];
  const way = steps.map((step) => stepName(step)).join(' › ');
  const same = holdConstant.length === 0 ? '' : `, in one ${joinWithAnd(holdConstant.map(unitOf))}`;
  return `${what} on the way ${way}, ${how}, within ${formatQuantity(window.value, window.unit)}${same}`;
}

const unitOf = (property: string): string => property.replace(/_id$/, '').replaceAll('_', ' ');

function periodInWords(
  { interval, anchor, type, zone, brackets, return: back }: Spec<'retention'>,
  cell: Cell<'period'>,
): string {
  const start = toLocalDate(cell.cohort, zone ?? 'UTC');
  const state = {
    ...DEFAULT_COHORTS,
    brackets: brackets ?? null,
    interval: interval === 'hour' ? 'day' : interval,
  };
  const joined = `had their ${TYPE_LABELS[type]} ${uncapitalise(refLabel(anchor))} in the ${cohortName(start, state.interval, start)}`;
  if (cell.period === 0) return joined;
  return `${joined} and came back ${columnName(state, cell.period) === '' ? '' : inColumn(state, cell.period)} with ${uncapitalise(refLabel(back))}`;
}

function statusInWords(
  { interval, event, zone }: Spec<'lifecycle'>,
  { bucket, status }: Cell<'bucket'>,
): string {
  const start = toLocalDate(bucket, zone ?? 'UTC');
  const when =
    interval === 'day'
      ? `on ${formatDate(start, start)}`
      : `in the ${interval} of ${formatDate(start, start)}`;
  const what = uncapitalise(refLabel(event));
  return {
    new: `had their first ${what} ever ${when}`,
    returning: `had ${what} ${when} and in the ${interval} before`,
    resurrected: `had ${what} again ${when}, after a pause`,
    dormant: `had ${what} in the ${interval} before, but not ${when}`,
  }[status];
}

/** ", from 23 Oct to 19 Nov, where locale is sv, of New people". */
function surroundings({ kind, range, filters, cohort }: QuerySpec, names: Names): string {
  const dates = kind === 'retention' || kind === 'lifecycle' ? '' : datesInWords(range);
  const conditions =
    filters.length === 0
      ? ''
      : `, where ${joinWithAnd(filters.map((each) => conditionInWords(each, names)))}`;
  return `${dates}${conditions}${cohort === null ? '' : `, of ${cohortRefInWords(cohort, names)}`}`;
}

function cohortRefInWords(cohort: CohortRef, names: Names): string {
  if (typeof cohort === 'string') return `the cohort ${cohortLabel(savedChoice(cohort))}`;
  if (isNewUsers(cohort)) return cohort.new ? 'new people' : 'returning people';
  return uncapitalise(definitionInWords(cohort, names)).replace(/\.$/, '');
}

function datesInWords({ from, to }: { from: string | null; to: string | null }): string {
  const name = (side: string) =>
    isCalendarDate(side) ? formatDate(side, isCalendarDate(to ?? '') ? (to ?? side) : side) : side;
  if (from !== null && to !== null)
    return from === to ? ` on ${name(from)}` : ` from ${name(from)} to ${name(to)}`;
  if (from !== null) return ` since ${name(from)}`;
  return to === null ? '' : ` until ${name(to)}`;
}

export function ruleInWords(rule: CohortRule, names: Names): string {
  if ('any' in rule) return `(${rule.any.map((each) => ruleInWords(each, names)).join(' or ')})`;
  if ('user' in rule) return `have ${conditionInWords(rule.user, names)}`;
  const { did, times, range, not } = rule;
  return `${not ? 'did not do' : 'did'} ${eventInWords(did, names)}${timesInWords(times)}${range === undefined ? '' : datesInWords(range)}`;
}

function timesInWords({ op, value }: { op: 'gte' | 'lte' | 'is'; value: number }): string {
  if (op === 'gte' && value === 1) return '';
  const name = { gte: 'at least', lte: 'at most', is: 'exactly' }[op];
  return ` ${name} ${value === 1 ? 'once' : `${formatCount(value)} times`}`;
}

const refLabel = ({ event, anyOf }: EventRef): string =>
  anyOf === undefined ? eventLabel(event ?? null) : anyOf.map(refLabel).join(' or ');

/** "session completed (state is Calm)". */
export function eventInWords(ref: EventRef, names: Names): string {
  const conditions = (ref.filters ?? []).map((each) => conditionInWords(each, names));
  const label = uncapitalise(refLabel(ref));
  return conditions.length === 0 ? label : `${label} (${joinWithAnd(conditions)})`;
}

/** The same with the names that practices, masters and states have. */
export function conditionInWords(filter: Filter, names: Names): string {
  if ('any' in filter) return filter.any.map((each) => conditionInWords(each, names)).join(' or ');
  if (names === null || !('value' in filter) || (filter.op !== 'is' && filter.op !== 'is_not'))
    return filterInWords(filter);
  const named = (value: unknown) =>
    breakdownValueName(String(value), { source: 'event', property: filter.property }, names);
  const { value } = filter;
  return filterInWords({ ...filter, value: Array.isArray(value) ? value.map(named) : named(value) });
}

/** Where a definition comes from. */
export function kindInWords(definition: CohortDefinition | null): string {
  if (definition === null || 'users' in definition) return 'List';
  if ('all' in definition) return formatQuantity(definition.all.length, 'rule');
  const { kind } = definition.question;
  return typeof kind === 'string' ? `From a ${kind}` : capitalise('from a question');
}
