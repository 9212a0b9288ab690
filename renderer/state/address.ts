import { isCalendarDate } from '../../shared/format/calendar.ts';
import { AddressReader, oneOf } from './address-reader.ts';
import { type CohortChoice, parseCohortChoice } from './cohort-choice.ts';
import { type CohortsState, DEFAULT_COHORTS, formatCohorts, readCohorts } from './cohorts-address.ts';
import { type AlertsState, DEFAULT_ALERTS, formatAlerts, readAlerts } from './alerts-address.ts';
import { isPresetId, type PresetId } from './date-presets.ts';
import { DEFAULT_EXPLORE, type ExploreState, formatExplore, readExplore } from './explore-address.ts';
import { DEFAULT_FUNNELS, formatFunnels, type FunnelsState, readFunnels } from './funnels-address.ts';
import { DEFAULT_FEATURES, type FeaturesState, formatFeatures, readFeatures } from './features-address.ts';
import { DEFAULT_JOURNEYS, formatJourneys, type JourneysState, readJourneys } from './journeys-address.ts';
import {
  DEFAULT_OPERATE,
  formatOperate,
  isOperateView,
  OPERATE_VIEWS,
  type OperateState,
  readOperate,
} from './operate-address.ts';
import {
  DEFAULT_PRACTICES,
  formatPractices,
  type PracticesState,
  readPractices,
} from './practices-address.ts';
import { DEFAULT_SIGNALS, formatSignals, readSignals, type SignalsState } from './signals-address.ts';

/** The whole state of a view as data: what the address bar, history, reports and annotations hold. */

export const VIEW_IDS = [
  'practices',
  'masters',
  'practice',
  'master',
  'funnels',
  'cohorts',
  'engagement',
  'explore',
  'journeys',
  'usage',
  'features',
  'signals',
  ...OPERATE_VIEWS,
  'alerts',
] as const;
export type ViewId = (typeof VIEW_IDS)[number];

export const FILTER_FIELDS = ['locale', 'release', 'practice', 'master', 'state'] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

export const TILE_IDS = [
  'capture-rate',
  'master-impact',
  'reaction-states',
  'states-by-practice',
  'top-states',
  'changes',
  'change-states',
  'change-practices',
  'cohort-shift',
  'reaction-retention',
  'subject-capture',
  'subject-partners',
  'subject-states',
  'subject-others',
  'subject-slices',
  'subject-hours',
  'subject-next',
  'subject-people',
  'subject-course',
  'subject-notes',
  'masters-list',
  'masters-over-time',
  'masters-new',
  'funnel-steps',
  'funnel-time',
  'funnel-groups',
  'funnel-drop-off',
  'funnel-drop-off-groups',
  'funnel-next',
  'funnel-preview',
  'funnel-conversion',
  'funnel-changes',
  'retention',
  'retention-against',
  'retention-compared',
  'retention-curves',
  'retention-shift',
  'first-reaction',
  'cohort-curve',
  'cohort-groups',
  'lifecycle',
  'stickiness',
  'engagement-active',
  'engagement-response',
  'engagement-cost',
  'engagement-follow-up',
  'engagement-errors',
  'engagement-error-rate',
  'engagement-models',
  'engagement-threads',
  'explore-result',
  'explore-table',
  'journey-paths',
  'journey-links',
  'usage-actives',
  'usage-stickiness',
  'usage-views',
  'usage-pages',
  'usage-referrers',
  'usage-length',
  'usage-bounce',
  'feature-adoption',
  'feature-over-time',
  'feature-plans',
  'signal-lift',
  'signal-penalty',
  'signal-answers',
  'signal-goals',
  'signal-completeness',
  'fresh-sources',
  'alert-evidence',
  'alert-change',
  'alert-back-test',
  'alert-line',
] as const;
export type TileId = (typeof TILE_IDS)[number];

export type RangeChoice = { preset: PresetId } | { from: string; to: string };
export type CompareChoice = 'previous' | 'none' | { shiftDays: number };

/** `key` is `n`, `practice`, `capture`, `difference` or `state:<id>`. */
export interface Sort {
  key: string;
  descending: boolean;
}

export interface ViewAddress {
  view: ViewId;
  /** null: the workspace's first. */
  environment: string | null;
  range: RangeChoice;
  compare: CompareChoice;
  cohort: CohortChoice;
  filters: Record<FilterField, string[]>;
  sort: Sort;
  /** Tiles that show their table instead of the chart. */
  tables: TileId[];
  /** Only the open view's own part stands in the address; the others keep what they last were. */
  practices: PracticesState;
  funnels: FunnelsState;
  cohorts: CohortsState;
  explore: ExploreState;
  journeys: JourneysState;
  features: FeaturesState;
  signals: SignalsState;
  operate: OperateState;
  alerts: AlertsState;
}

/** Cohorts need weeks to come back in. */
const DEFAULT_PRESETS: Record<ViewId, PresetId> = {
  practices: '28d',
  masters: '28d',
  practice: '28d',
  master: '28d',
  funnels: '28d',
  cohorts: '12w',
  engagement: '28d',
  explore: '28d',
  journeys: '28d',
  usage: '28d',
  features: '28d',
  signals: '12w',
  freshness: '28d',
  quarantine: '28d',
  sources: '28d',
  settings: '28d',
  alerts: '28d',
};

export const DEFAULT_ADDRESS: ViewAddress = {
  view: 'practices',
  environment: null,
  range: { preset: DEFAULT_PRESETS.practices },
  compare: 'previous',
  cohort: 'all',
  filters: { locale: [], release: [], practice: [], master: [], state: [] },
  sort: { key: 'n', descending: true },
  tables: [],
  practices: DEFAULT_PRACTICES,
  funnels: DEFAULT_FUNNELS,
  cohorts: DEFAULT_COHORTS,
  explore: DEFAULT_EXPLORE,
  journeys: DEFAULT_JOURNEYS,
  features: DEFAULT_FEATURES,
  signals: DEFAULT_SIGNALS,
  operate: DEFAULT_OPERATE,
  alerts: DEFAULT_ALERTS,
};

const MAX_SHIFT_DAYS = 3_660; // what a question accepts
const ENVIRONMENT = /^.{1,64}$/u;
const SORT_KEY = /^(n|practice|capture|difference|state:.{1,64})$/u;

/** `#/practices?from=…`; what equals the default is left out, so that a plain view has a plain address. */
export function formatAddress(address: ViewAddress): string {
  const query = new URLSearchParams();
  if (address.environment !== null) query.set('environment', address.environment);
  setRange(query, address);
  if (address.compare === 'none') query.set('compare', 'none');
  else if (address.compare !== 'previous') query.set('compare', `shift-${address.compare.shiftDays}`);
  if (address.cohort !== 'all') query.set('cohort', address.cohort);
  for (const field of FILTER_FIELDS) for (const value of address.filters[field]) query.append(field, value);
  if (isSortedView(address.view)) formatSort(query, address);
  if (isPracticesView(address.view)) formatPractices(query, address.practices);
  if (address.view === 'funnels') formatFunnels(query, address.funnels);
  if (address.view === 'cohorts') formatCohorts(query, address.cohorts);
  if (address.view === 'explore') formatExplore(query, address.explore);
  if (address.view === 'journeys') formatJourneys(query, address.journeys);
  if (address.view === 'features') formatFeatures(query, address.features);
  if (address.view === 'signals') formatSignals(query, address.signals);
  if (isOperateView(address.view)) formatOperate(query, address.view, address.operate);
  if (address.view === 'alerts') formatAlerts(query, address.alerts);
  for (const tile of address.tables) query.append('table', tile);
  const text = query.toString();
  return `#/${address.view}${text === '' ? '' : `?${text}`}`;
}

function formatSort(query: URLSearchParams, { view, sort: { key, descending } }: ViewAddress): void {
  if (key !== defaultSort(view).key || !descending) query.set('sort', descending ? `-${key}` : key);
}

function setRange(query: URLSearchParams, { range, view }: ViewAddress): void {
  if ('from' in range) {
    query.set('from', range.from);
    query.set('to', range.to);
  } else if (range.preset !== DEFAULT_PRESETS[view]) query.set('range', range.preset);
}

/** Practices, Masters and their pages share one part of the address. */
const PRACTICES_VIEWS: readonly ViewId[] = ['practices', 'masters', 'practice', 'master'];
export const isPracticesView = (view: ViewId): boolean => PRACTICES_VIEWS.includes(view);

/** A page of one practice or one master. */
export const isSubjectView = (view: ViewId): view is 'practice' | 'master' =>
  view === 'practice' || view === 'master';

const isSortedView = (view: ViewId): boolean => view === 'practices' || view === 'masters';

const defaultSort = (view: ViewId): Sort =>
  view === 'masters' ? { key: 'difference', descending: true } : DEFAULT_ADDRESS.sort;

/** The page of a practice or a master, with the filters of where it was opened from. */
export function pageOf(address: ViewAddress, kind: 'practice' | 'master', id: string): ViewAddress {
  const next = inView(address, kind);
  return { ...next, tables: [], practices: { ...next.practices, subject: id, page: 'overview' } };
}

/** Whether the view has its panel open at the right. */
export function isPanelOpen({ view, funnels, cohorts, operate }: ViewAddress): boolean {
  if (view === 'quarantine') return operate.row !== null;
  if (view === 'funnels') return funnels.step !== null && funnels.draft === null;
  return view === 'cohorts' && cohorts.chosen !== null;
}

/** The same filters in another view; dates that nobody chose become those that the view opens with. */
export function inView(address: ViewAddress, view: ViewId): ViewAddress {
  const { range } = address;
  const isChosen = 'from' in range || range.preset !== DEFAULT_PRESETS[address.view];
  return {
    ...address,
    view,
    range: isChosen ? range : { preset: DEFAULT_PRESETS[view] },
    sort: isSortedView(view) && view !== address.view ? defaultSort(view) : address.sort,
    practices: isSubjectView(view) ? address.practices : { ...address.practices, subject: null },
  };
}

export interface ParsedAddress {
  address: ViewAddress;
  /** Parts that make no sense, each as the address wrote it; the default stands in their place. */
  problems: string[];
}

/** Never fails: what cannot be read becomes the default and is named in `problems`. The parts of the views that are not
 *  open are taken from `known`. */
export function parseAddress(hash: string, known: ViewAddress = DEFAULT_ADDRESS): ParsedAddress {
  const [name, query] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const read = new AddressReader(query);
  const view = oneOf(VIEW_IDS)(name) ?? DEFAULT_ADDRESS.view;
  if (name !== '' && name !== view) read.refuse(name);
  const address: ViewAddress = {
    view,
    environment: read.one('environment', (value) => (ENVIRONMENT.test(value) ? value : undefined)) ?? null,
    range: readRange(read, view),
    compare: read.one('compare', parseCompare) ?? DEFAULT_ADDRESS.compare,
    cohort: read.one('cohort', parseCohortChoice) ?? DEFAULT_ADDRESS.cohort,
    filters: {
      locale: read.many('locale', parseValue),
      release: read.many('release', parseValue),
      practice: read.many('practice', parseValue),
      master: read.many('master', parseValue),
      state: read.many('state', parseValue),
    },
    sort: isSortedView(view) ? (read.one('sort', parseSort) ?? defaultSort(view)) : known.sort,
    tables: read.many('table', oneOf(TILE_IDS)),
    practices: isPracticesView(view) ? readPractices(read) : known.practices,
    funnels: view === 'funnels' ? readFunnels(read) : known.funnels,
    cohorts: view === 'cohorts' ? readCohorts(read) : known.cohorts,
    explore: view === 'explore' ? readExplore(read) : known.explore,
    journeys: view === 'journeys' ? readJourneys(read) : known.journeys,
    features: view === 'features' ? readFeatures(read) : known.features,
    signals: view === 'signals' ? readSignals(read) : known.signals,
    operate: isOperateView(view) ? readOperate(read, view) : known.operate,
    alerts: view === 'alerts' ? readAlerts(read) : known.alerts,
  };
  read.refuseUnread();
  return { address, problems: read.problems };
}

function readRange(read: AddressReader, view: ViewId): RangeChoice {
  const preset = read.one('range', (value) => (isPresetId(value) ? value : undefined));
  const from = read.one('from', parseDate);
  const to = read.one('to', parseDate);
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  if (from !== undefined && to !== undefined) read.refuse(`from=${from}&to=${to}`);
  else if (from !== undefined) read.refuse(`from=${from}`);
  else if (to !== undefined) read.refuse(`to=${to}`);
  return { preset: preset ?? DEFAULT_PRESETS[view] };
}

const parseDate = (value: string): string | undefined => (isCalendarDate(value) ? value : undefined);
const parseValue = (value: string): string | undefined =>
  value.length > 0 && value.length <= 256 ? value : undefined;

function parseCompare(value: string): CompareChoice | undefined {
  if (value === 'none' || value === 'previous') return value;
  const days = /^shift-(\d{1,4})$/.exec(value)?.[1];
  const shiftDays = Number(days);
  return days !== undefined && shiftDays >= 1 && shiftDays <= MAX_SHIFT_DAYS ? { shiftDays } : undefined;
}

function parseSort(value: string): Sort | undefined {
  const descending = value.startsWith('-');
  const key = descending ? value.slice(1) : value;
  return SORT_KEY.test(key) ? { key, descending } : undefined;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
