import { formatDuration } from '../../shared/format/durations.ts';
import { NOT_DEFINED } from '../../shared/format/numbers.ts';

export const secondsInWords = (seconds: number | null): string =>
  seconds === null ? NOT_DEFINED : formatDuration(seconds * 1_000);
