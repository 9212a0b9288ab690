/** Why a row cannot be an event; one sentence each, as the interface words it. */
export const QUARANTINE_REASONS = {
  'bad-json': 'the text is not valid JSON',
  'not-an-object': 'the row is not an object',
  'line-too-long': 'the row is longer than 8 MiB',
  'bad-record': 'the record does not have the columns of the header',
  missing: 'a required field is missing',
  'too-long': 'a field is longer than allowed',
  'wrong-type': 'a field has another type than declared',
  'not-allowed': 'a field holds a value outside its declared list or range',
  'bad-time': 'a time is neither ISO 8601 with a zone nor epoch milliseconds',
  'too-early': 'the event lies before the year 2000',
  'in-future': 'the event lies more than 24 hours in the future',
  'wrong-environment': 'the row belongs to another environment than its source',
  'unknown-state': 'no version of the taxonomy knows the state',
  'too-many-properties': 'there are more properties than an event or event type may have',
  'too-deep': 'properties are nested too deep',
} as const;

export type QuarantineReason = keyof typeof QUARANTINE_REASONS;

export interface RowProblem {
  reason: QuarantineReason;
  /** Column or property at fault. */
  field: string | null;
}
