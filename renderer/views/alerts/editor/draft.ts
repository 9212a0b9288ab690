import type { AlertRule, Condition, WatchMeasure } from '../../../../shared/alerts/rule.ts';
import { kindOfSubject } from '../../../../shared/alerts/question.ts';

export type MeasuredRule = AlertRule & { subject: Extract<AlertRule['subject'], { measure: unknown }> };

export const isMeasured = (rule: AlertRule): rule is MeasuredRule => 'measure' in rule.subject;

export const NEW_RULE: MeasuredRule = {
  name: 'Capture rate below 85%',
  subject: { measure: 'capture_rate', filters: [], state: null, interval: 'day' },
  condition: { kind: 'threshold', side: 'below', value: 0.85, clearMargin: 0 },
  forBuckets: 1,
  leastN: 200,
  coolDownMs: 86_400_000,
  mutedUntil: null,
  whenLate: 'hold',
  channels: ['This device'],
};

const START_VALUES: Partial<Record<WatchMeasure, Condition>> = {
  capture_rate: { kind: 'threshold', side: 'below', value: 0.85, clearMargin: 0 },
  error_rate: { kind: 'threshold', side: 'above', value: 0.03, clearMargin: 0 },
  state_share: { kind: 'threshold', side: 'above', value: 0.14, clearMargin: 0 },
  latency_p95: { kind: 'threshold', side: 'above', value: 8_000, clearMargin: 0 },
};

/** A measure brings a condition of its own scale along; slices stay. */
export function withMeasure(rule: MeasuredRule, measure: WatchMeasure): MeasuredRule {
  const subject = { ...rule.subject, measure, state: null };
  const condition = START_VALUES[measure] ?? { kind: 'seasonal' as const, side: 'below' as const };
  return { ...rule, subject, condition, leastN: kindOfSubject(subject) === 'rate' ? 200 : 0 };
}

export const CONDITION_KINDS = [
  { id: 'threshold', label: 'is beyond' },
  { id: 'relative', label: 'changes by' },
  { id: 'seasonal', label: 'leaves what is expected' },
  { id: 'spike', label: 'jumps above what is expected' },
  { id: 'missing', label: 'stops' },
] as const;

const CONDITIONS: Record<Condition['kind'], Condition> = {
  threshold: { kind: 'threshold', side: 'below', value: 0.85, clearMargin: 0 },
  relative: { kind: 'relative', side: 'below', changeRatio: 0.3, daysBack: 7 },
  seasonal: { kind: 'seasonal', side: 'below' },
  spike: { kind: 'spike', leastRise: 0.03 },
  missing: { kind: 'missing', leastMissing: 15 },
};

export const withCondition = (rule: MeasuredRule, kind: Condition['kind']): MeasuredRule =>
  rule.condition.kind === kind ? rule : { ...rule, condition: CONDITIONS[kind] };

/** Rates are typed in percent, everything else as it is. */
export const shownValue = (rule: MeasuredRule, value: number): string =>
  kindOfSubject(rule.subject) === 'rate' ? String(Number((value * 100).toFixed(3))) : String(value);

export function typedValue(rule: MeasuredRule, text: string): number | null {
  const value = Number(text.replace('%', '').replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  return kindOfSubject(rule.subject) === 'rate' ? value / 100 : value;
}

/** Where the line may be drawn: around what was seen, in fine steps. */
export function lineValues(
  values: readonly (number | null)[],
  isRate: boolean,
): { low: number; high: number; step: number } {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { low: 0, high: 1, step: 0.001 };
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = (high - low || Math.abs(high) || 1) * 0.1;
  if (isRate) return { low: Math.max(0, low - room), high: Math.min(1, high + room), step: 0.001 };
  return {
    low: Math.max(0, low - room),
    high: high + room,
    step: Number(((high - low || 1) / 200).toPrecision(1)),
  };
}
