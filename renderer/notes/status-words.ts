import type { Status } from '../../shared/annotations/operation.ts';

export const STATUS_WORDS: Record<Status, string> = { note: 'Note', action: 'Action', outcome: 'Outcome' };
