import type { Judged } from '../engine/detect/types.ts';
import type { SeriesFile } from './series-csv.ts';

/** What was judged, however it was asked for. */
export interface JudgedSeries {
  file: SeriesFile;
  judged: Judged;
  /** What the reader must know: rows out of order, without a value, not judged. */
  notes: string[];
}
