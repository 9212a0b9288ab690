import { isCalendarDate } from '../../shared/format/calendar.ts';
import { isPresetId, type PresetId } from './date-presets.ts';

/** The whole state of a view as data: what the address bar, history, reports and annotations hold. */

export const FILTER_FIELDS = ['locale', 'release', 'practice', 'master', 'state'] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

export const TILE_IDS = ['capture-rate', 'master-impact', 'reaction-states', 'states-by-practice'] as const;
export type TileId = (typeof TILE_IDS)[number];

const COHORTS = ['all', 'new', 'returning'] as const;
export type CohortChoice = (typeof COHORTS)[number];

export type RangeChoice = { preset: PresetId } | { from: string; to: string };
export type CompareChoice = 'previous' | 'none' | { shiftDays: number };

/** `key` is `n`, `practice`, `capture` or `state:<id>`. */
export interface Sort {
  key: string;
  descending: boolean;
}

export interface ViewAddress {
  view: 'practices';
  /** null: the workspace's first. */
  environment: string | null;
  range: RangeChoice;
  compare: CompareChoice;
  cohort: CohortChoice;
  filters: Record<FilterField, string[]>;
  sort: Sort;
  /** Tiles that show their table instead of the chart. */
  tables: TileId[];
}

export const DEFAULT_ADDRESS: ViewAddress = {
  view: 'practices',
  environment: null,
  range: { preset: '28d' },
  compare: 'previous',
  cohort: 'all',
  filters: { locale: [], release: [], practice: [], master: [], state: [] },
  sort: { key: 'n', descending: true },
  tables: [],
};

const MAX_SHIFT_DAYS = 3_660; // what a question accepts
const MAX_VALUES = 200; // per filter; keeps an address below what every browser keeps
const ENVIRONMENT = /^.{1,64}$/u;
const SORT_KEY = /^(n|practice|capture|state:.{1,64})$/u;

/** `#/practices?from=…`; what equals the default is left out, so that a plain view has a plain address. */
export function formatAddress(address: ViewAddress): string {
  const query = new URLSearchParams();
  if (address.environment !== null) query.set('environment', address.environment);
  setRange(query, address.range);
  if (address.compare === 'none') query.set('compare', 'none');
  else if (address.compare !== 'previous') query.set('compare', `shift-${address.compare.shiftDays}`);
  if (address.cohort !== 'all') query.set('cohort', address.cohort);
  for (const field of FILTER_FIELDS) for (const value of address.filters[field]) query.append(field, value);
  const { key, descending } = address.sort;
  if (key !== DEFAULT_ADDRESS.sort.key || !descending) query.set('sort', descending ? `-${key}` : key);
  for (const tile of address.tables) query.append('table', tile);
  const text = query.toString();
  return `#/${address.view}${text === '' ? '' : `?${text}`}`;
}

function setRange(query: URLSearchParams, range: RangeChoice): void {
  if ('from' in range) {
    query.set('from', range.from);
    query.set('to', range.to);
  } else if (range.preset !== '28d') query.set('range', range.preset);
}

export interface ParsedAddress {
  address: ViewAddress;
  /** Parts that make no sense, each as the address wrote it; the default stands in their place. */
  problems: string[];
}

/** Never fails: what cannot be read becomes the default and is named in `problems`. */
export function parseAddress(hash: string): ParsedAddress {
  const text = hash.replace(/^#\/?/, '');
  const [view, query] = splitOnce(text, '?');
  const problems: string[] = [];
  if (view !== '' && view !== 'practices') problems.push(view.slice(0, 80));
  const read = new QueryReader(query, problems);
  const address: ViewAddress = {
    view: 'practices',
    environment: read.one('environment', (value) => (ENVIRONMENT.test(value) ? value : undefined)) ?? null,
    range: readRange(read),
    compare: read.one('compare', parseCompare) ?? DEFAULT_ADDRESS.compare,
    cohort:
      read.one('cohort', (value) => COHORTS.find((cohort) => cohort === value)) ?? DEFAULT_ADDRESS.cohort,
    filters: {
      locale: read.many('locale', parseValue),
      release: read.many('release', parseValue),
      practice: read.many('practice', parseValue),
      master: read.many('master', parseValue),
      state: read.many('state', parseValue),
    },
    sort: read.one('sort', parseSort) ?? DEFAULT_ADDRESS.sort,
    tables: read.many('table', (value) => TILE_IDS.find((tile) => tile === value)),
  };
  read.refuseUnread();
  return { address, problems };
}

function readRange(read: QueryReader): RangeChoice {
  const preset = read.one('range', (value) => (isPresetId(value) ? value : undefined));
  const from = read.one('from', parseDate);
  const to = read.one('to', parseDate);
  if (from !== undefined && to !== undefined && from <= to) return { from, to };
  if (from !== undefined && to !== undefined) read.refuse(`from=${from}&to=${to}`);
  else if (from !== undefined) read.refuse(`from=${from}`);
  else if (to !== undefined) read.refuse(`to=${to}`);
  return preset === undefined ? DEFAULT_ADDRESS.range : { preset };
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

/** Reads each name of a query once and keeps what nobody asked for. */
class QueryReader {
  private readonly query: URLSearchParams;
  private readonly problems: string[];
  private readonly seen = new Set<string>();

  constructor(query: string, problems: string[]) {
    this.query = new URLSearchParams(query);
    this.problems = problems;
  }

  one<T>(name: string, parse: (value: string) => T | undefined): T | undefined {
    const [first, ...more] = this.many(name, parse);
    if (more.length > 0) this.refuse(`${name}, given more than once`);
    return first;
  }

  many<T>(name: string, parse: (value: string) => T | undefined): T[] {
    this.seen.add(name);
    const values = [...new Set(this.query.getAll(name))];
    if (values.length > MAX_VALUES) this.refuse(`${name}, more than ${MAX_VALUES} values`);
    return values.slice(0, MAX_VALUES).flatMap((value) => {
      const parsed = parse(value);
      if (parsed === undefined) this.refuse(`${name}=${value}`);
      return parsed === undefined ? [] : [parsed];
    });
  }

  refuse(part: string): void {
    this.problems.push(part.slice(0, 80));
  }

  refuseUnread(): void {
    for (const name of new Set(this.query.keys())) if (!this.seen.has(name)) this.refuse(name);
  }
}
