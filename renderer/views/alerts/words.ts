import { bucketsIn } from '../../../shared/alerts/evidence.ts';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { toLocalTime } from '../../../shared/format/local-time.ts';
import { formatDate } from '../../../shared/format/calendar.ts';
import type { Subject } from '../../../shared/alerts/rule.ts';
import { kindOfSubject } from '../../../shared/alerts/question.ts';
import { formatSubjectValue, type NameOf } from '../../../shared/alerts/sentence.ts';
import type { AlertEvidence, AlertFiring, AlertsState } from '../../../shared/rpc/contract/alerts.ts';
import type { FilterField } from '../../state/address.ts';
import { nameOf } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';

const FIELDS: Readonly<Record<string, FilterField>> = {
  practice_id: 'practice',
  master_id: 'master',
  state: 'state',
};

/** Names of practices, masters and states as the data has them. */
export const namesOf =
  (environment: EnvironmentInfo): NameOf =>
  (property, value) => {
    const field = FIELDS[property];
    return field === undefined ? value : nameOf(field, value, environment);
  };

/** What a firing watched, as a subject to ask for again by the day. */
export function subjectOf(firing: AlertFiring, state: AlertsState): Subject | null {
  const rule = state.rules.find(({ ruleId }) => ruleId === firing.itemId);
  if (rule !== undefined) return { ...rule.rule.subject, interval: 'day' };
  const { measure, filters } = firing.evidence;
  const item = state.settings.watch?.find(({ itemId }) => itemId === firing.itemId);
  if (item !== undefined && 'question' in item.subject) return { ...item.subject, interval: 'day' };
  if (measure === 'question') return null;
  return {
    measure: measure as Extract<Subject, { measure: unknown }>['measure'], // written by the same list
    filters: filters
      .filter(({ property }) => property !== 'state')
      .map(({ property, value }) => ({ property, op: 'is' as const, value })),
    state: filters.find(({ property }) => property === 'state')?.value ?? null,
    interval: 'day',
  };
}

export interface Finding {
  lead: string;
  rest: string;
}

/** What stands at the top of the list. */
export function listFinding({ firings, rules }: AlertsState): Finding {
  const open = incidents(firings).filter(({ status }) => status === 'open');
  const held = rules.flatMap((rule) => (rule.held === null ? [] : rule.held.sources));
  const waits = held.length === 0 ? '' : ` Held until ${[...new Set(held)].join(' and ')} catches up.`;
  const [first] = open;
  if (first === undefined) return { lead: 'Nothing is open.', rest: waits };
  const lead =
    open.length === 1 ? `One alert is open: ${first.title}.` : `${formatCount(open.length)} alerts are open.`;
  return { lead, rest: waits };
}

/** One per incident: the firing that leads its group. */
export const incidents = (firings: readonly AlertFiring[]): AlertFiring[] =>
  firings.filter(({ firingId, groupId }) => firingId === groupId);

/** The sentence of a firing: what was seen, of how many, and what was expected. */
export function firingFinding(firing: AlertFiring, subject: Subject | null): Finding {
  const { evidence, title } = firing;
  const value = valueText(evidence, subject, evidence.value);
  const counted =
    evidence.k === null || evidence.n === null
      ? ''
      : `, ${formatCount(evidence.k)} of ${formatCount(evidence.n)}`;
  const expected =
    evidence.expectedLow === null || evidence.expectedHigh === null
      ? ''
      : `, where ${valueText(evidence, subject, evidence.expectedLow)} to ${valueText(evidence, subject, evidence.expectedHigh)} was expected`;
  const [part] = evidence.explained?.parts.filter(({ label }) => label !== null) ?? [];
  const largest = part?.label == null ? '' : ` The largest part comes from ${part.label}.`;
  const buckets = bucketsIn(evidence);
  const average = evidence.k === null && buckets > 1 ? ` on average of ${buckets} ${evidence.interval}s` : '';
  return { lead: `${title}.`, rest: ` It was ${value}${average}${counted}${expected}.${largest}` };
}

export function valueText(evidence: AlertEvidence, subject: Subject | null, value: number | null): string {
  if (subject !== null) return formatSubjectValue(subject, value);
  return evidence.k === null ? formatCount(Math.round(value ?? 0)) : formatRate(value);
}

export function partText(subject: Subject | null, points: number): string {
  const isRate = subject === null || kindOfSubject(subject) === 'rate' || kindOfSubject(subject) === 'other';
  return isRate ? formatPoints(points, 2) : formatCount(Math.round(points));
}

/** "17 Nov 06:12". */
export function momentText(instant: string, zone: string, today: string): string {
  const { date, time } = toLocalTime(instant, zone);
  return `${formatDate(date, today)} ${time}`;
}

/** Reports minus detection: how long people had before users told them. */
export function leadText({ reportedAt, detectedAt }: AlertFiring): string | null {
  if (reportedAt === null) return null;
  const minutes = Math.round((Date.parse(reportedAt) - Date.parse(detectedAt)) / 60_000);
  const sign = minutes < 0 ? '−' : '';
  const whole = Math.abs(minutes);
  return whole < 60 ? `${sign}${whole} min` : `${sign}${Math.floor(whole / 60)} h ${whole % 60} min`;
}
