import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { JobService } from '../jobs/job-service.ts';
import { defaultSettings } from '../jobs/job-settings.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { configureWorkspace } from '../store/configure-workspace.ts';
import { discoverFields, discoverTables } from './discover/discover-source.ts';
import { openUnsaved } from './discover/open-unsaved.ts';
import { previewSource } from './discover/preview-source.ts';
import { isFreeText } from './discover/propose-map.ts';
import { draftOf, storedSource, storedSources, updateSource } from './edit-source.ts';
import { createFieldPlan } from './field-plan.ts';
import { removeSource } from './manage-sources.ts';
import { planUnsaved } from './plan-sync.ts';
import { servicesOf } from './services.ts';
import { SourceFault } from './source-fault.ts';
import { SOURCE_KINDS, type SourceServices } from './source-kinds.ts';
import { addSource, type SourceInput } from './sources.ts';

interface OpenSources {
  store: EngineStore;
  jobs: Pick<JobService, 'exclusively' | 'configure' | 'cancel'>;
}

export interface SourceHandlerDeps {
  dataDir: string;
  services: Partial<SourceServices> | undefined;
  /** Throws where the folder holds no workspace yet. */
  open: () => OpenSources;
  hasWorkspace: () => boolean;
  /** Makes the workspace that the first source of a new folder belongs to. */
  create: () => void;
}

export type SourceHandlers = Pick<
  Handlers<'engine'>,
  | Extract<keyof Handlers<'engine'>, `query.source.${string}` | `command.source.${string}`>
  | 'query.sources'
  | 'command.workspace.configure'
>;

/** A source can be tested and looked at before there is a workspace; adding it makes one. */
export function sourceHandlers({
  dataDir,
  services = {},
  open,
  hasWorkspace,
  create,
}: SourceHandlerDeps): SourceHandlers {
  const known = (): EngineStore | null => (hasWorkspace() ? open().store : null);
  const asked = (signal: AbortSignal) => {
    const store = known();
    return { dataDir, nowMs: store?.workspace.asOfMs ?? store?.now() ?? Date.now(), signal, services };
  };
  return {
    'query.sources': () => ({ sources: hasWorkspace() ? storedSources(open().store.db) : [] }),
    'query.source.test': async ({ source }, { signal }) => {
      const startedMs = performance.now();
      const took = (): number => performance.now() - startedMs;
      const { nowMs } = asked(AbortSignal.any([signal]));
      try {
        const { reader } = await openUnsaved(
          draftOf(source),
          servicesOf(dataDir, () => nowMs, services),
        );
        try {
          const { examples } = await reader.check(AbortSignal.any([signal]));
          return { ok: true, examples, failure: null, tookMs: took() };
        } finally {
          reader.close();
        }
      } catch (error) {
        if (!(error instanceof SourceFault)) throw error;
        return { ok: false, examples: [], failure: error.message, tookMs: took() };
      }
    },
    'query.source.tables': async ({ source }, { signal }) => {
      const tables = await discoverTables(draftOf(source), asked(AbortSignal.any([signal])));
      return { tables: tables.map(({ schema, name, kind }) => ({ schema, name, isView: kind === 'view' })) };
    },
    'query.source.preview': async ({ source }, { signal }) => {
      const draft = draftOf(source);
      const request = asked(AbortSignal.any([signal]));
      const { fields, map, missing } = await discoverFields(draft, request);
      const filled = 'map' in draft && draft.map !== undefined ? draft : ({ ...draft, map } as SourceInput);
      const preview = await previewSource(filled, request);
      const target = targetsOf(filled, dataDir);
      return {
        sourceFields: fields.map((field) => ({ ...field, target: target(field.name) })),
        proposed: { columns: map.columns, event_id: map.event_id, missing },
        ...preview,
      };
    },
    'query.source.dryRun': async ({ source }, { signal, progress }) => {
      const startedMs = performance.now();
      const draft = draftOf(source);
      const planned = await planUnsaved(known()?.db ?? null, dataDir, draft, {
        isFull: true,
        signal: AbortSignal.any([signal]),
        onProgress: (objects) => progress({ objects }),
        services,
      });
      const { budgetBytes } = defaultSettings(draft.kind ?? 'folder', false);
      return { ...planned, budgetBytes, tookMs: performance.now() - startedMs };
    },
    'command.source.add': async ({ source }) => {
      const draft = draftOf(source);
      if (!hasWorkspace()) {
        checkDraft(draft, dataDir);
        create();
      }
      const { store, jobs } = open();
      await jobs.exclusively(() => Promise.resolve(addSource(store, draft)));
      jobs.configure(draft.name, {}); // its first turn comes by its schedule
      return storedSource(store.db, draft.name);
    },
    'command.source.update': async ({ name, source }) => {
      const { store, jobs } = open();
      const draft = draftOf(source);
      jobs.cancel(name);
      await jobs.exclusively(() => {
        updateSource(store, name, draft);
        return Promise.resolve();
      });
      return storedSource(store.db, draft.name);
    },
    'command.source.remove': async ({ name }) => {
      const { store, jobs } = open();
      jobs.cancel(name);
      await jobs.exclusively(() => {
        removeSource(store, name);
        return Promise.resolve();
      });
      store.onRevision(store.revision);
      return { name };
    },
    'command.workspace.configure': async (change) => {
      const { store, jobs } = open();
      await jobs.exclusively(() => {
        configureWorkspace(store, change);
        return Promise.resolve();
      });
      const { name, zone, weekStart } = store.workspace;
      return { name, zone, weekStart };
    },
  };
}

/** Refuses what would be refused a moment later, before a workspace is made for it. */
const checkDraft = ({ kind = 'folder', ...input }: SourceInput, dataDir: string): void => {
  SOURCE_KINDS[kind].prepared(input, dataDir);
};

/** Where a field goes by the map and list of a source; null: it is not pulled. */
function targetsOf(
  { kind = 'folder', ...input }: SourceInput,
  dataDir: string,
): (field: string) => string | null {
  const { dataset, rules } = SOURCE_KINDS[kind].read(SOURCE_KINDS[kind].prepared(input, dataDir));
  const plan = createFieldPlan(rules);
  const targets = new Map(Object.entries(rules.map.columns).map(([target, path]) => [path, target]));
  return (field) => {
    const target = targets.get(field);
    if (target !== undefined) return target;
    if (dataset !== 'events') return isFreeText(field) ? null : field;
    const action = plan.topLevel(field);
    if (action.kind === 'column') return action.column;
    return action.kind === 'property' ? action.name : null;
  };
}
