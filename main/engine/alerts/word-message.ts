import { bucketsIn } from '../../../shared/alerts/evidence.ts';
import { formatRate } from '../../../shared/format/numbers.ts';
import type { AlertEvidence } from '../../../shared/rpc/contract/alerts.ts';
import type { FiringRow } from './alert-rows.ts';

const RATES = new Set(['capture_rate', 'state_share', 'error_rate']);

/** What a message says beside its title: what was seen, what was expected, what explains it, and how complete it is. */
export function messageBody(
  { side }: Pick<FiringRow, 'side'>,
  evidence: AlertEvidence,
  others: readonly string[],
  zone: string,
): string {
  return [
    seenLine(evidence, zone),
    expectedLine(evidence),
    partLine(evidence, side),
    releaseLine(evidence),
    others.length === 0 ? null : `Also: ${others.join('; ')}.`,
    completeLine(evidence, zone),
  ]
    .filter((line) => line !== null)
    .join('\n');
}

export function formatEvidenceValue(
  { measure }: Pick<AlertEvidence, 'measure'>,
  value: number | null,
): string {
  if (value === null) return '–';
  if (RATES.has(measure)) return formatRate(value);
  if (measure.startsWith('latency')) return `${Math.round(value).toLocaleString('en')} ms`;
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toFixed(3)));
}

function seenLine(evidence: AlertEvidence, zone: string): string {
  const { k, n, value, interval, startMs, endMs, subject } = evidence;
  const numbers = k !== null && n !== null ? ` (${k.toLocaleString('en')} of ${n.toLocaleString('en')})` : '';
  const isMean = k === null && bucketsIn(evidence) > 1;
  const when =
    interval === 'day'
      ? daysText(startMs, endMs, zone)
      : `${momentText(startMs, zone)} to ${momentText(endMs, zone)}`;
  return `${subject}: ${formatEvidenceValue(evidence, value)}${isMean ? ' on average' : ''}${numbers}, ${when}.`;
}

function daysText(startMs: number, endMs: number, zone: string): string {
  const [first, last] = [dayText(startMs, zone), dayText(endMs - 1, zone)];
  return first === last ? last : `${first} to ${last}`;
}

function expectedLine(evidence: AlertEvidence): string | null {
  const { expectedLow, expectedHigh } = evidence;
  if (expectedLow === null || expectedHigh === null) return null;
  return `Expected: ${formatEvidenceValue(evidence, expectedLow)} to ${formatEvidenceValue(evidence, expectedHigh)}.`;
}

function partLine({ explained, k }: AlertEvidence, side: FiringRow['side']): string | null {
  const [part] = explained?.parts.filter(({ label }) => label !== null) ?? [];
  if (part === undefined || (side === 'below' ? part.points >= 0 : part.points <= 0)) return null;
  const size =
    k === null ? Math.round(part.points).toLocaleString('en') : `${(part.points * 100).toFixed(2)} pp`;
  return `Largest part: ${part.label ?? ''}, ${size.replace('-', '−')}.`;
}

function releaseLine({ releases }: AlertEvidence): string | null {
  return releases.length === 0
    ? null
    : `Releases nearby: ${releases.map(({ version }) => version).join(', ')}.`;
}

function completeLine({ completeTo, lateSources }: AlertEvidence, zone: string): string | null {
  if (completeTo === null) return null;
  const late = lateSources.length === 0 ? '' : `; late: ${lateSources.join(', ')}`;
  return `Data complete to ${momentText(Date.parse(completeTo), zone)}${late}.`;
}

const dayText = (ms: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric' }).format(ms);

const momentText = (ms: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(ms);
