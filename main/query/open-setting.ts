import { createZone, type Zone } from '../../shared/time/zone.ts';
import type { QuerySpec } from '../../shared/query/spec.ts';
import { createCohortBook } from './cohort-book.ts';
import { openCatalogueReader } from '../catalogue/reader.ts';
import type { CatalogueSnapshot } from '../catalogue/types.ts';
import type { ColumnCache } from './columns/column-cache.ts';
import { SegmentGone } from './columns/column-files.ts';
import { createDictionaryCache } from './columns/dictionary.ts';
import { type EnvironmentView, openEnvironmentView } from './columns/environment-view.ts';
import { AnswerCache } from './results/answer-cache.ts';
import type { QuestionSetting } from './results/setting.ts';
import { validTaxonomy } from './results/workspace-info.ts';

/** What a question is asked of, of one revision of the store. Contract: the snapshot is closed again before it runs. */
export interface SettingOpener {
  open(spec: QuerySpec, options?: OpenOptions): QuestionSetting;
  /** Of the newest revision. */
  view(environment: string): EnvironmentView;
  withSnapshot<T>(use: (snapshot: CatalogueSnapshot) => T): T;
  close(): void;
}

export interface OpenOptions {
  /** Throws RevisionGone where the store has moved on from it; default: the newest. */
  revision?: number;
  /** Dimensions are not read: whoever opens it works nothing out. */
  withoutDimensions?: boolean;
}

/** The store has moved on from the revision that was asked for; asking anew is safe. */
export class RevisionGone extends SegmentGone {}

const CACHED_VIEWS = 4; // environments, and the revision before while its questions still run

export function createSettingOpener(
  dataDir: string,
  columns: ColumnCache,
  nowMs: () => number,
): SettingOpener {
  const reader = openCatalogueReader(dataDir);
  const dictionaries = createDictionaryCache(dataDir);
  const views = new AnswerCache<EnvironmentView>(CACHED_VIEWS);
  const zones = new Map<string, Zone>();
  const cohorts = createCohortBook(withSnapshot);

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
  function withSnapshot<T>(use: (snapshot: CatalogueSnapshot) => T): T {
    const snapshot = reader.snapshot();
    try {
      return use(snapshot);
    } finally {
      snapshot.close();
    }
  }

  return {
    withSnapshot,
    view: (environment) => withSnapshot((snapshot) => viewOf(snapshot, environment)),
    open: (spec, { revision, withoutDimensions = false } = {}) =>
      withSnapshot((snapshot) => {
        if (revision !== undefined && snapshot.revision !== revision)
          throw new RevisionGone(`revision ${revision} of the store`);
        const workspace = snapshot.workspace();
        const view = viewOf(snapshot, spec.environment);
        if (!withoutDimensions && needsUsers(spec)) view.load(snapshot, 'users');
        if (!withoutDimensions && needsCosts(spec)) view.load(snapshot, 'acquisition_costs');
        const now = workspace.asOfMs ?? nowMs();
        const calendarOf: QuestionSetting['calendarOf'] = ({ zone, weekStart }) => ({
          zone: zoneOf(zone ?? workspace.zone),
          weekStart: weekStart ?? workspace.weekStart,
        });
        return {
          view,
          nowMs: now,
          calendar: calendarOf(spec),
          calendarOf,
          taxonomy: validTaxonomy(snapshot.taxonomies(spec.environment), now),
          cohortById: (id) => cohorts.find(spec.environment, id),
          cohortsVersion: snapshot.cohortsVersion(),
        };
      }),
    close: () => reader.close(),
  };
}

function needsUsers(spec: QuerySpec): boolean {
  const { userFilters, cohort, breakdown } = spec;
  if (userFilters.length > 0 || cohort !== null) return true;
  if (breakdown !== null && 'userProperty' in breakdown) return true;
  return spec.kind === 'retention' && spec.aggregate !== undefined && 'userProperty' in spec.aggregate;
}

const needsCosts = (spec: QuerySpec): boolean =>
  spec.kind === 'trend' && spec.series.some(({ measure }) => measure === 'cac');
