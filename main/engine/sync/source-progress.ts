import { NO_ROWS, type ObjectCounts } from '../store/catalogue-writer.ts';
import type { CommitResult, CommitTimes } from '../store/commit-transaction.ts';

/** Time spent waiting for the listing, waiting for bytes, on rows, and in the commits that the source was part of. */
export interface StepTimes extends CommitTimes {
  listMs: number;
  streamMs: number;
  /** Split, scanned, scrubbed, judged and coded: all of it row by row, so in one figure. */
  rowsMs: number;
}

/** How far one source is within a run. Counts hold what is committed, so at any moment they add up. */
export class SourceProgress {
  filesDone = 0;
  filesTotal = 0;
  /** Of the objects as they are stored. */
  bytesDone = 0;
  bytesTotal = 0;
  /** Rows handed on so far, committed or not. */
  rowsSeen = 0;
  readonly counts = { ...NO_ROWS };
  /** Of the commits that the source was part of. */
  segments = 0;
  newValues = 0;
  commits = 0;
  /** So many of them are written down in the history. */
  notedCommits = 0;
  /** What went wrong, the first few of it. */
  readonly faults: string[] = [];
  readonly took: StepTimes = {
    listMs: 0,
    streamMs: 0,
    rowsMs: 0,
    dedupeMs: 0,
    segmentsMs: 0,
    transactionMs: 0,
  };

  addCommitted(
    { read, kept, duplicate, quarantined, refused, scrubbed }: ObjectCounts,
    { segments, newValues, took }: Pick<CommitResult, 'segments' | 'newValues' | 'took'>,
  ): void {
    this.counts.read += read;
    this.counts.kept += kept;
    this.counts.duplicate += duplicate;
    this.counts.quarantined += quarantined;
    this.counts.refused += refused;
    this.counts.scrubbed += scrubbed;
    this.segments += segments;
    this.newValues += newValues;
    this.commits++;
    this.took.dedupeMs += took.dedupeMs;
    this.took.segmentsMs += took.segmentsMs;
    this.took.transactionMs += took.transactionMs;
  }

  /** A sweep also removes rows that an earlier run had kept; those are not of this one. */
  addSwept(rows: number): void {
    const ours = Math.min(rows, this.counts.kept);
    this.counts.kept -= ours;
    this.counts.duplicate += ours;
  }
}
