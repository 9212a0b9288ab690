import type { QuarantineGroup } from '../../../shared/rpc/contract/freshness.ts';

/** What each reason is called, and what can be done about it. */
const REASONS: Readonly<Record<string, { name: string; says: string; next: string }>> = {
  'bad-json': {
    name: 'Bad JSON',
    says: 'The text is not valid JSON.',
    next: 'The producer has to send it again.',
  },
  'not-an-object': {
    name: 'Not an object',
    says: 'The row is not an object.',
    next: 'The producer has to send it again.',
  },
  'line-too-long': {
    name: 'Row too long',
    says: 'The row is longer than 8 MiB.',
    next: 'The producer has to send it again.',
  },
  'bad-record': {
    name: 'Record without its columns',
    says: 'The record does not have the columns of the header.',
    next: 'The file has to be written anew.',
  },
  missing: {
    name: 'Missing field',
    says: 'A required field is missing.',
    next: 'Change the field map of the source, then judge again.',
  },
  'too-long': {
    name: 'Field too long',
    says: 'A field is longer than allowed.',
    next: 'Change the field map of the source, then judge again.',
  },
  'wrong-type': {
    name: 'Wrong type',
    says: 'A field has another type than declared.',
    next: 'Change the field map of the source, then judge again.',
  },
  'not-allowed': {
    name: 'Value outside its range',
    says: 'A field holds a value outside its declared list or range.',
    next: 'Change the field map of the source, then judge again.',
  },
  'bad-time': {
    name: 'Unreadable time',
    says: 'A time is neither ISO 8601 with a zone nor epoch milliseconds.',
    next: 'Map another field to ts, then judge again.',
  },
  'too-early': {
    name: 'Before the year 2000',
    says: 'The event lies before the year 2000.',
    next: 'The producer has to send it again.',
  },
  'in-future': {
    name: 'Time more than 24 h ahead',
    says: 'The event lies more than 24 hours in the future.',
    next: 'Judge again once its time has come.',
  },
  'wrong-environment': {
    name: 'Wrong environment',
    says: 'The row belongs to another environment than its source.',
    next: 'Read that environment by a source of its own.',
  },
  'unknown-state': {
    name: 'Unknown state',
    says: 'No version of the taxonomy knows the state.',
    next: 'Sync a taxonomy version that names it, then judge again.',
  },
  'too-many-properties': {
    name: 'Too many properties',
    says: 'There are more properties than an event or event type may have.',
    next: 'Allow fewer columns in the source, then judge again.',
  },
  'too-deep': {
    name: 'Nested too deep',
    says: 'Properties are nested too deep.',
    next: 'Allow fewer columns in the source, then judge again.',
  },
};

export const reasonName = (reason: string, field: string | null): string =>
  reason === 'missing' && field !== null ? `Missing ${field}` : (REASONS[reason]?.name ?? reason);

export const reasonSays = (reason: string): string => REASONS[reason]?.says ?? 'The row cannot be an event.';
export const reasonNext = (reason: string): string =>
  REASONS[reason]?.next ?? 'Judge again after a change of the source.';

export interface ReasonGroup {
  reason: string;
  rows: number;
  sources: string[];
  fields: string[];
  canReadmit: boolean;
}

/** One entry per source and reason would be a long list: by reason, most rows first. */
export function byReason(groups: readonly QuarantineGroup[]): ReasonGroup[] {
  return [...Map.groupBy(groups, ({ reason }) => reason)]
    .map(([reason, members]) => ({
      reason,
      rows: members.reduce((sum, { rows }) => sum + rows, 0),
      sources: [...new Set(members.map(({ sourceName }) => sourceName))],
      fields: [...new Set(members.flatMap(({ field }) => (field === null ? [] : [field])))],
      canReadmit: members.some(({ canReadmit }) => canReadmit),
    }))
    .sort((a, b) => b.rows - a.rows);
}

/** What a redacted copy says; null: it is no JSON object. */
export function copyFields(copy: string | null): Record<string, unknown> | null {
  if (copy === null) return null;
  try {
    const parsed: unknown = JSON.parse(copy);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A field of the copy, also one of its properties. */
export function fieldOf(copy: string | null, field: string): string | null {
  const fields = copyFields(copy);
  if (fields === null) return null;
  const properties = fields['properties'];
  const inner =
    typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
  const value = fields[field] ?? inner[field];
  return value === undefined || value === null
    ? null
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}
