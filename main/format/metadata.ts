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
} as const;

export const COLUMN_KEYS = { kind: 'tidemark.kind', dictionary: 'tidemark.dictionary' } as const;
