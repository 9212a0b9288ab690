import type { Answer } from '../../shared/query/answer.ts';
import type { SavedCohort } from '../../shared/rpc/contract/cohorts.ts';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import type { CancelSignal } from './plan/pace.ts';
import type { ValueCount } from './results/values.ts';

export interface QueryProgress {
  /** UTC days of data that have been read. */
  done: number;
  total: number;
}

export interface RunOptions {
  signal?: CancelSignal;
  onProgress?: (progress: QueryProgress) => void;
  /** Nothing kept of earlier answers is used. */
  recount?: boolean;
}

export interface ValuesRequest {
  environment: string;
  property: string;
  search: string;
  limit: number;
}

/**
 * Contract: answers questions over one data folder; reads only. Every answer rests on one revision of the store, the
 * newest when it was asked. Methods throw AppError: `bad-input` with the path of what makes no sense, `cancelled`,
 * `corrupt` or `not-found`. They yield to the event loop at least every few tens of milliseconds.
 */
export interface QueryEngine {
  run(specInput: unknown, options?: RunOptions): Promise<Answer>;
  values(request: ValuesRequest, options?: RunOptions): Promise<{ values: ValueCount[]; total: number }>;
  /** The saved cohorts of an environment, by name. */
  cohorts(environment: string): SavedCohort[];
  workspace(): WorkspaceInfo;
  close(): void;
}
