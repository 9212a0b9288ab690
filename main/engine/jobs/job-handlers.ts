import { AppError } from '../../../shared/errors.ts';
import type { JobRun, JobsState } from '../../../shared/rpc/contract/jobs.ts';
import type { Handlers } from '../../../shared/rpc/handlers.ts';
import { reconciledDays } from '../freshness/reconciled-days.ts';
import { reconcile } from '../freshness/reconcile.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { checkSource } from '../sync/manage-sources.ts';
import { planSync } from '../sync/plan-sync.ts';
import { SourceFault } from '../sync/source-fault.ts';
import type { SourceServices } from '../sync/source-kinds.ts';
import { KEPT_DAYS, monthUsage, runsOf } from './job-runs.ts';
import { jobSources } from './job-settings.ts';
import type { JobService } from './job-service.ts';
import { metricsOf } from './metrics.ts';

/** What the methods of an open workspace work on. */
export interface OpenJobs {
  store: EngineStore;
  jobs: JobService;
  /** What readers get of the host, where it differs from the usual. */
  services: Partial<SourceServices> | undefined;
  /** Tells of every change until the returned function is called. */
  onJobs: (listener: (state: JobsState) => void) => () => void;
}

export type JobHandlers = Pick<
  Handlers<'engine'>,
  Extract<keyof Handlers<'engine'>, `query.jobs.${string}` | `command.jobs.${string}`>
>;

const NO_JOBS: JobsState = { paused: false, sources: [] };

/** `open` throws where the folder holds no workspace yet. */
export function jobHandlers(open: () => OpenJobs, hasWorkspace: () => boolean): JobHandlers {
  return {
    'query.jobs.state': () => (hasWorkspace() ? open().jobs.state() : NO_JOBS),
    'query.jobs.history': (request) => ({ runs: runsOf(open().store.db, request), keptDays: KEPT_DAYS }),
    'query.jobs.plan': async ({ sourceName, isFull }, { signal, progress }) => {
      const { store, services } = open();
      const planned = await planSync(store.db, store.dataDir, {
        ...given(services),
        sourceName,
        isFull,
        signal: AbortSignal.any([signal]),
        onProgress: (objects) => progress({ objects }),
      });
      const sources = new Map(knownSources(store).map((source) => [source.name, source]));
      return {
        sources: planned.map((one) => {
          const source = sources.get(one.name);
          const monthBytes = source?.settings.monthBytes ?? null;
          const used = source === undefined ? 0 : monthUsage(store.db, source.sourceId, store.now()).bytes;
          return {
            ...one,
            budgetBytes: source?.settings.budgetBytes ?? null,
            budgetRows: source?.settings.budgetRows ?? null,
            monthLeftBytes: monthBytes === null ? null : Math.max(0, monthBytes - used),
          };
        }),
      };
    },
    'query.jobs.probe': async ({ sourceName }, { signal }) => {
      const { store, services } = open();
      const startedMs = performance.now();
      const took = (): number => performance.now() - startedMs;
      try {
        const { examples } = await checkSource(store.db, store.dataDir, sourceName, {
          signal,
          ...given(services),
        });
        return { ok: true, examples, failure: null, tookMs: took() };
      } catch (error) {
        if (!(error instanceof SourceFault)) throw error;
        return { ok: false, examples: [], failure: error.message, tookMs: took() };
      }
    },
    'query.jobs.metrics': () => ({ metrics: metricsOf(open().store) }),
    'query.jobs.reconciliation': (request) => ({ days: reconciledDays(open().store.db, request) }),
    'command.jobs.run': async ({ sourceName, isFull, overBudget }, { signal, progress }) => {
      const { jobs, onJobs } = open();
      const stop = onJobs(progress);
      try {
        const { outcomes } = await jobs.run({
          sourceName,
          reason: 'manual',
          isFull,
          isOverBudget: overBudget,
          signal,
        });
        return { runs: outcomes.map(({ run }): JobRun => run) };
      } finally {
        stop();
      }
    },
    'command.jobs.reconcile': async ({ sourceName }, { signal, progress }) => {
      const { store, jobs, services, onJobs } = open();
      const stop = onJobs(progress);
      try {
        await reconcile({ store, jobs, sourceName, services, signal });
        return { days: reconciledDays(store.db, { sourceName, differingOnly: false }) };
      } finally {
        stop();
      }
    },
    'command.jobs.cancel': ({ sourceName }) => ({ cancelled: open().jobs.cancel(sourceName) }),
    'command.jobs.pause': ({ sourceName }) => open().jobs.pause(sourceName),
    'command.jobs.resume': ({ sourceName }) => open().jobs.resume(sourceName),
    'command.jobs.configure': ({ sourceName, settings }) => {
      const state = open().jobs.configure(sourceName, settings);
      const source = state.sources.find((one) => one.sourceName === sourceName);
      if (source === undefined) throw new AppError('not-found', `there is no source named "${sourceName}"`);
      return source;
    },
    'command.jobs.hint': ({ noticed }) => ({ started: open().jobs.hint(noticed) }),
    'command.jobs.tail': ({ sourceName, isOn }) => {
      const { untilMs, everyMs } = open().jobs.tail(sourceName, isOn);
      return { until: untilMs === null ? null : new Date(untilMs).toISOString(), everyMs };
    },
  };
}

const given = (services: Partial<SourceServices> | undefined): { services?: Partial<SourceServices> } =>
  services === undefined ? {} : { services };

const knownSources = (store: EngineStore) => jobSources(store.db, store.workspace.asOfMs !== null);
