import type { SyncCounts, SyncState } from '../../../shared/rpc/methods.ts';
import type { CommitResult } from '../store/commit-transaction.ts';
import { SourceProgress } from './source-progress.ts';

const MAX_MESSAGES = 5;

/** What a running sync tells. Counts hold what is committed, so at any moment they add up. */
export class SyncProgress {
  readonly counts: SyncCounts = {
    files: 0,
    read: 0,
    kept: 0,
    duplicate: 0,
    quarantined: 0,
    refused: 0,
    scrubbed: 0,
  };
  filesDone = 0;
  filesTotal = 0;
  readonly #bySource = new Map<number, SourceProgress>();
  readonly #faults: string[] = [];
  readonly #notes: string[] = [];
  /** Messages beyond those that are kept: a million objects may each have one. */
  #unkept = 0;
  #hasFault = false;
  readonly #sourceName: string | null;
  readonly #startedAt: string;
  readonly #emit: (state: SyncState) => void;

  constructor(sourceName: string | null, nowMs: number, emit: (state: SyncState) => void) {
    this.#sourceName = sourceName;
    this.#startedAt = new Date(nowMs).toISOString();
    this.#emit = emit;
  }

  /** What is known of one source of the run. */
  of(sourceId: number): SourceProgress {
    const known = this.#bySource.get(sourceId) ?? new SourceProgress();
    this.#bySource.set(sourceId, known);
    return known;
  }

  addCommitted(result: CommitResult): void {
    const { read, kept, duplicate, quarantined, refused, scrubbed } = result.counts;
    this.counts.read += read;
    this.counts.kept += kept;
    this.counts.duplicate += duplicate;
    this.counts.quarantined += quarantined;
    this.counts.refused += refused;
    this.counts.scrubbed += scrubbed;
    for (const [sourceId, counts] of result.bySource) this.of(sourceId).addCommitted(counts, result);
  }

  /** Rows that a sweep found to be duplicates after they had been counted as kept, by source. */
  addSwept(rowsBySource: ReadonlyMap<number, number>): void {
    for (const [sourceId, rows] of rowsBySource) {
      this.counts.kept -= rows;
      this.counts.duplicate += rows;
      this.of(sourceId).addSwept(rows);
    }
  }

  /** Something went wrong; the sync ends as failed, but goes on with the rest. */
  addFault(message: string, source?: SourceProgress): void {
    this.#hasFault = true;
    if (source !== undefined && source.faults.length < MAX_MESSAGES) source.faults.push(message);
    this.#keep(this.#faults, message);
  }

  addNote(message: string): void {
    this.#keep(this.#notes, message);
  }

  #keep(messages: string[], message: string): void {
    if (messages.length < MAX_MESSAGES) messages.push(message);
    else this.#unkept++;
  }

  emitRunning(): void {
    this.#emit(this.#state('running', null));
  }

  /** The final state; a fault of the store itself is passed in and comes first. */
  end(nowMs: number, ending: 'done' | 'cancelled', storeFault?: string): SyncState {
    if (storeFault !== undefined) this.#faults.unshift(storeFault);
    const failed = this.#hasFault || storeFault !== undefined ? 'failed' : 'idle';
    const state = this.#state(ending === 'cancelled' ? 'cancelled' : failed, new Date(nowMs).toISOString());
    this.#emit(state);
    return state;
  }

  #state(state: SyncState['state'], endedAt: string | null): SyncState {
    return {
      state,
      sourceName: this.#sourceName,
      filesDone: this.filesDone,
      filesTotal: this.filesTotal,
      counts: { ...this.counts },
      startedAt: this.#startedAt,
      endedAt,
      message: this.#message(),
    };
  }

  #message(): string | null {
    const messages = [...this.#faults, ...this.#notes];
    if (messages.length === 0) return null;
    const shown = messages.slice(0, MAX_MESSAGES).join('; ');
    const more = Math.max(0, messages.length - MAX_MESSAGES) + this.#unkept;
    return more > 0 ? `${shown}; and ${more} more` : shown;
  }
}
