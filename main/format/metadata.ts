/** Names under which a segment file describes itself, so that a catalogue can be rebuilt from the files alone. */
export const FORMAT_VERSION = 1;

export const SEGMENT_KEYS = {
  formatVersion: 'tidemark.format_version',
  environment: 'tidemark.environment',
  dataset: 'tidemark.dataset',
  /** UTC day, `2026-11-19`. */
  day: 'tidemark.day',
  /** Absent where several event types share the file. */
  eventType: 'tidemark.event_type',
  revision: 'tidemark.revision',
  /** Ids of the segments that the commit of this file took out; only in the last file of such a commit. */
  replaces: 'tidemark.replaces',
  /** Beside `replaces`: ids of the other segments of that commit. Only where all are there, what they replace may go. */
  writtenWith: 'tidemark.written_with',
  /** Checksums of the columns, in their order, as eight hexadecimal digits each; in the footer alone. */
  checksums: 'tidemark.checksums',
} as const;

export const COLUMN_KEYS = { kind: 'tidemark.kind', dictionary: 'tidemark.dictionary' } as const;

const HEXADECIMAL = 16;
const CHECKSUM_DIGITS = 8;

export const checksumsToText = (checksums: readonly number[]): string =>
  checksums.map((crc32) => crc32.toString(HEXADECIMAL).padStart(CHECKSUM_DIGITS, '0')).join(' ');

export const checksumsFromText = (text: string): number[] =>
  text === '' ? [] : text.split(' ').map((digits) => Number.parseInt(digits, HEXADECIMAL));

export const idsToText = (segmentIds: readonly number[]): string => segmentIds.join(' ');

export const idsFromText = (text: string | undefined): number[] =>
  text === undefined || text === '' ? [] : text.split(' ').map(Number);
