import { AppError } from '../../shared/errors.ts';
import type { Answer } from '../../shared/query/answer.ts';
import { parseQuerySpec } from '../../shared/query/parse-spec.ts';
import type { QuerySpec } from '../../shared/query/spec.ts';
import { createZone, type Zone } from '../../shared/time/zone.ts';
import { openCatalogueReader } from '../catalogue/reader.ts';
import type { CatalogueSnapshot } from '../catalogue/types.ts';
import { createColumnCache, SegmentGone } from './columns/column-cache.ts';
import { createDictionaryCache } from './columns/dictionary.ts';
import { type EnvironmentView, openEnvironmentView } from './columns/environment-view.ts';
import { Scratch } from './kernels/js/scratch.ts';
import { createPace, throwIfCancelled } from './plan/pace.ts';
import { EVERYONE } from './plan/people.ts';
import type { QueryEngine, RunOptions } from './query-engine.ts';
import { AnswerCache, countNumbers } from './results/answer-cache.ts';
import { computeAnswer } from './results/compute-answer.ts';
import type { Computed, QuestionSetting } from './results/setting.ts';
import { toEnvelope } from './results/to-envelope.ts';
import { countValues, searchValues } from './results/values.ts';
import { createWorkspaceReader, validTaxonomy } from './results/workspace-info.ts';

export interface QueryEngineOptions {
  dataDir: string;
  /** The clock; a workspace with `asOf` does not ask it. */
  nowMs?: () => number;
  /** What the column cache may hold. */
  memoryBudgetBytes: number;
  /** Finished results kept per revision and question; 0 switches the cache off. Answers are the same either way. */
  cachedResults?: number;
}

const CACHED_RESULTS = 100; // a view's dozen questions over a handful of filter changes
const MOST_CACHED_NUMBERS = 100_000; // larger results are rare and would crowd out the others
const CACHED_VIEWS = 4; // environments, and the revision before while its questions still run
const ATTEMPTS = 3; // a segment that a merge took away meanwhile is found under the next revision

export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const { dataDir, nowMs = Date.now, cachedResults = CACHED_RESULTS } = options;
  const reader = openCatalogueReader(dataDir);
  const columns = createColumnCache(dataDir, options.memoryBudgetBytes);
  const dictionaries = createDictionaryCache(dataDir);
  const views = new AnswerCache<EnvironmentView>(CACHED_VIEWS);
  const results = new AnswerCache<Computed>(cachedResults);
  const zones = new Map<string, Zone>();
  const scratch = new Scratch();
  const readWorkspace = createWorkspaceReader();

  const zoneOf = (name: string): Zone => {
    const zone = zones.get(name) ?? createZone(name);
    zones.set(name, zone);
    return zone;
  };
  const viewOf = (snapshot: CatalogueSnapshot, environment: string): EnvironmentView => {
    const key = `${snapshot.revision} ${environment}`;
    const known = views.get(key);
    if (known !== undefined) return known;
    const view = openEnvironmentView(snapshot, environment, { columns, dictionaries });
    views.set(key, view);
    return view;
  };

  /** Everything that a question needs of one revision; the snapshot is closed again before it runs. */
  function openSetting(spec: QuerySpec): QuestionSetting {
    return withSnapshot((snapshot) => {
      const workspace = snapshot.workspace();
      const view = viewOf(snapshot, spec.environment);
      if (needsUsers(spec)) view.loadUsers(snapshot);
      const now = workspace.asOfMs ?? nowMs();
      return {
        view,
        nowMs: now,
        calendar: {
          zone: zoneOf(spec.zone ?? workspace.zone),
          weekStart: spec.weekStart ?? workspace.weekStart,
        },
        taxonomy: validTaxonomy(snapshot.taxonomies(spec.environment), now),
        cohortById: () => null,
      };
    });
  }

  function withSnapshot<T>(use: (snapshot: CatalogueSnapshot) => T): T {
    const snapshot = reader.snapshot();
    try {
      return use(snapshot);
    } finally {
      snapshot.close();
    }
  }

  async function answer(spec: QuerySpec, run: RunOptions): Promise<Answer> {
    const startedMs = performance.now();
    const setting = openSetting(spec);
    const { view, calendar, taxonomy } = setting;
    const key = JSON.stringify([
      view.revision,
      calendar.zone.name,
      calendar.weekStart,
      taxonomy?.version,
      spec,
    ]);
    const computed = results.get(key) ?? (await computeAnswer(spec, setting, { run, scratch }));
    if (countNumbers(computed.result) <= MOST_CACHED_NUMBERS) results.set(key, computed);
    return toEnvelope(spec, setting, computed, performance.now() - startedMs);
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
        const view = withSnapshot((snapshot) => viewOf(snapshot, request.environment));
        const context = {
          view,
          scratch,
          people: EVERYONE,
          pace: createPace(run.signal, () => performance.now()),
          onSegment: () => undefined,
          onDay: (done: number, total: number) => run.onProgress?.({ done, total }),
        };
        return searchValues(await countValues(context, request.property), request.search, request.limit);
      });
    },
    workspace: () => withSnapshot((snapshot) => readWorkspace(snapshot, nowMs())),
    close: () => reader.close(),
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

function needsUsers(spec: QuerySpec): boolean {
  const { userFilters, cohort, breakdown } = spec;
  if (userFilters.length > 0 || cohort !== null) return true;
  if (breakdown !== null && 'userProperty' in breakdown) return true;
  return spec.kind === 'retention' && spec.aggregate !== undefined && 'userProperty' in spec.aggregate;
}
