import { formatQuantity, formatRate } from '../format/numbers.ts';
import { kindOfSubject } from './question.ts';
import type { AlertRule, Condition, Subject, WatchMeasure } from './rule.ts';

const MEASURE_WORDS: Record<WatchMeasure, string> = {
  capture_rate: 'capture rate',
  state_share: 'share of a state',
  events: 'events',
  completed_sessions: 'completed sessions',
  captured_reactions: 'captured reactions',
  active_users: 'active users',
  error_rate: 'error rate',
  latency_p50: 'latency p50',
  latency_p95: 'latency p95',
  latency_p99: 'latency p99',
};

/** What a value of a property is called; ids stand for themselves where nobody knows better. */
export type NameOf = (property: string, value: string) => string;
export const PLAIN_NAMES: NameOf = (_property, value) => value;

export const measureWords = (measure: WatchMeasure): string => MEASURE_WORDS[measure];

/** `capture rate of Focus primer`. */
export function subjectWords(subject: Subject, nameOf: NameOf = PLAIN_NAMES): string {
  if ('question' in subject) return subject.name;
  const { measure, state, filters } = subject;
  const what =
    measure === 'state_share' && state !== null
      ? `share of ${nameOf('state', state)}`
      : MEASURE_WORDS[measure];
  const slices = filters.flatMap((filter) => {
    if (!('property' in filter) || filter.op !== 'is') return [];
    const values = Array.isArray(filter.value) ? filter.value : [filter.value];
    return [values.map((value) => nameOf(filter.property, String(value))).join(' or ')];
  });
  return slices.length === 0 ? what : `${what} of ${slices.join(', ')}`;
}

export function formatSubjectValue(subject: Subject, value: number | null): string {
  if (value === null) return '–';
  const kind = kindOfSubject(subject);
  if (kind === 'rate') return formatRate(value);
  if (kind === 'latency') return `${Math.round(value).toLocaleString('en')} ms`;
  if (kind === 'count') return Math.round(value).toLocaleString('en');
  return Math.abs(value) <= 1 && !Number.isInteger(value) ? formatRate(value) : `${Number(value.toFixed(2))}`;
}

/** The whole rule in words, as the editor shows it. */
export function ruleSentence(rule: AlertRule, nameOf: NameOf = PLAIN_NAMES): string {
  const { subject, forBuckets, leastN } = rule;
  const period = formatQuantity(forBuckets, subject.interval);
  const size =
    leastN > 0 && rule.condition.kind !== 'missing' ? ` with n ${leastN.toLocaleString('en')} or more` : '';
  const words = conditionWords(rule.condition, subject);
  return `Alert when ${subjectWords(subject, nameOf)} ${words} for ${period}${size}, counted per ${subject.interval}.`;
}

/** `is below 85.0%`. */
export function conditionWords(condition: Condition, subject: Subject): string {
  switch (condition.kind) {
    case 'threshold':
      return `is ${condition.side} ${formatSubjectValue(subject, condition.value)}`;
    case 'relative':
      return `is ${formatRate(condition.changeRatio, 0)} ${condition.side} ${BACK_WORDS[condition.daysBack]}`;
    case 'seasonal':
      return condition.side === 'both'
        ? 'is outside 99% of what is expected'
        : `is ${condition.side} 99% of what is expected`;
    case 'spike':
      return `is above what is expected by ${(condition.leastRise * 100).toFixed(0)} points or more`;
    case 'missing':
      return `stops, with ${condition.leastMissing.toLocaleString('en')} expected or more`;
  }
}

const BACK_WORDS = { 1: 'the day before', 7: 'a week before', 28: 'four weeks before' } as const;
