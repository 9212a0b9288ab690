import { AppError } from '../../shared/errors.ts';
import type { Answer } from '../../shared/query/answer.ts';
import { parseQuerySpec } from '../../shared/query/parse-spec.ts';
import type { QuerySpec } from '../../shared/query/spec.ts';
import { savedCohortOf } from '../catalogue/cohort-rows.ts';
import { createColumnCache } from './columns/column-cache.ts';
import { SegmentGone } from './columns/column-files.ts';
import { Scratch } from './kernels/js/scratch.ts';
import { createSettingOpener } from './open-setting.ts';
import { createPace, throwIfCancelled } from './plan/pace.ts';
import { EVERYONE } from './plan/people.ts';
import type { QueryEngine, RunOptions } from './query-engine.ts';
import { AnswerCache, countNumbers } from './results/answer-cache.ts';
import { computeAnswer } from './results/compute-answer.ts';
import { fromSerial } from './results/serial-computed.ts';
import type { Computed, QuestionSetting } from './results/setting.ts';
import { toEnvelope } from './results/to-envelope.ts';
import { countValues, searchValues } from './results/values.ts';
import { createWorkspaceReader } from './results/workspace-info.ts';
import { createWorkerPool } from './workers/worker-pool.ts';

export interface QueryEngineOptions {
  dataDir: string;
  /** The clock; a workspace with `asOf` does not ask it. */
  nowMs?: () => number;
  /** What the columns kept in memory may take. */
  memoryBudgetBytes: number;
  /** Finished results kept per revision and question; 0 switches the cache off. Answers are the same either way. */
  cachedResults?: number;
  /** Threads that compute; default: none, everything on the caller's. Answers are the same either way. */
  threads?: ThreadOptions;
}

export interface ThreadOptions {
  workers: number;
  /** The module that a thread runs: `workers/worker-entry`. */
  workerFile: URL;
  onDefect: (stack: string) => void;
  /** From so many rows on a step is cut into parts; below, handing them out costs more than it saves. */
  worthPartingRows?: number;
}

const CACHED_RESULTS = 100; // a view's dozen questions over a handful of filter changes
const MOST_CACHED_NUMBERS = 100_000; // larger results are rare and would crowd out the others
const WORTH_PARTING_ROWS = 200_000;
const ATTEMPTS = 3; // a segment that a merge took away meanwhile is found under the next revision
const OWN_BUDGET_BYTES = 64 << 20; // beside threads the caller's own only looks values up

export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const { dataDir, nowMs = Date.now, cachedResults = CACHED_RESULTS, memoryBudgetBytes, threads } = options;
  const ownBudgetBytes = threads === undefined ? memoryBudgetBytes : OWN_BUDGET_BYTES;
  const opener = createSettingOpener(dataDir, createColumnCache(dataDir, ownBudgetBytes), nowMs);
  const pool =
    threads === undefined
      ? undefined
      : createWorkerPool({ dataDir, memoryBudgetBytes, worthPartingRows: WORTH_PARTING_ROWS, ...threads });
  const results = new AnswerCache<Computed>(cachedResults);
  const scratch = new Scratch();
  const readWorkspace = createWorkspaceReader();

  async function answer(spec: QuerySpec, run: RunOptions): Promise<Answer> {
    const startedMs = performance.now();
    const setting = opener.open(spec, { withoutDimensions: pool !== undefined });
    const { view, calendar, taxonomy } = setting;
    const key = JSON.stringify([
      view.revision,
      calendar.zone.name,
      calendar.weekStart,
      taxonomy?.version,
      spec.cohort === null ? 0 : setting.cohortsVersion,
      spec,
    ]);
    const kept = run.recount === true ? undefined : results.get(key);
    const computed = kept ?? (await compute(spec, setting, run));
    if (countNumbers(computed.result) <= MOST_CACHED_NUMBERS) results.set(key, computed);
    return toEnvelope(spec, setting, computed, performance.now() - startedMs);
  }

  async function compute(spec: QuerySpec, setting: QuestionSetting, run: RunOptions): Promise<Computed> {
    if (pool === undefined) return computeAnswer(spec, setting, { run, scratch });
    const { view, nowMs: askedMs, calendar } = setting;
    try {
      return fromSerial(await pool.compute({ spec, revision: view.revision, nowMs: askedMs }, run), calendar);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-available') throw error;
      return computeAnswer(spec, opener.open(spec, { revision: view.revision }), { run, scratch });
    }
  }

  return {
    run(specInput, run = {}) {
      return retryWhenGone(() => {
        throwIfCancelled(run.signal);
        return answer(parseQuerySpec(specInput), run);
      });
    },
    values(request, run = {}) {
      return retryWhenGone(async () => {
        const context = {
          view: opener.view(request.environment),
          scratch,
          people: EVERYONE,
          pace: createPace(run.signal, () => performance.now()),
          onSegment: () => undefined,
          onDay: (done: number, total: number) => run.onProgress?.({ done, total }),
        };
        return searchValues(await countValues(context, request.property), request.search, request.limit);
      });
    },
    cohorts: (environment) =>
      opener.withSnapshot((snapshot) => snapshot.cohorts(environment).map(savedCohortOf)),
    workspace: () => opener.withSnapshot((snapshot) => readWorkspace(snapshot, nowMs())),
    close() {
      pool?.close();
      opener.close();
    },
  };
}

async function retryWhenGone<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SegmentGone)) throw error;
      if (left === 1)
        throw new AppError('corrupt', `${error.message} is missing; doctor says what to do`, {
          cause: error,
        });
    }
  }
}
