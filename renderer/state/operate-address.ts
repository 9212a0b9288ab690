import { type AddressReader, oneOf } from './address-reader.ts';

export const SOURCE_KINDS = ['s3', 'clickhouse', 'postgres', 'folder'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const SETTINGS_PARTS = ['workspace', 'retention'] as const;
export type SettingsPart = (typeof SETTINGS_PARTS)[number];

/** What the views of Operate point at: a source, a reason of refusal, a row. */
export interface OperateState {
  source: string | null;
  reason: string | null;
  /** Quarantine id of the row in the panel. */
  row: number | null;
  /** The kind of a source that is being added. */
  adding: SourceKind | null;
  /** The part of the settings that is open. */
  part: SettingsPart;
}

export const OPERATE_VIEWS = ['freshness', 'quarantine', 'sources', 'settings'] as const;
export type OperateView = (typeof OPERATE_VIEWS)[number];

export const DEFAULT_OPERATE: OperateState = {
  source: null,
  reason: null,
  row: null,
  adding: null,
  part: 'workspace',
};

const LONGEST_NAME = 200;

export function formatOperate(query: URLSearchParams, view: OperateView, state: OperateState): void {
  const { source, reason, row, adding, part } = state;
  if (view === 'settings' && part !== DEFAULT_OPERATE.part) query.set('part', part);
  if (view === 'freshness' || view === 'settings') return;
  if (source !== null) query.set('source', source);
  if (view === 'sources' && adding !== null) query.set('new', adding);
  if (view === 'quarantine' && reason !== null) query.set('reason', reason);
  if (view === 'quarantine' && row !== null) query.set('row', String(row));
}

export function readOperate(read: AddressReader, view: OperateView): OperateState {
  const name = (value: string) => (value !== '' && value.length <= LONGEST_NAME ? value : undefined);
  if (view === 'freshness') return DEFAULT_OPERATE;
  if (view === 'settings') {
    const part = read.one('part', oneOf(SETTINGS_PARTS)) ?? DEFAULT_OPERATE.part;
    return { ...DEFAULT_OPERATE, part };
  }
  const source = read.one('source', name) ?? null;
  if (view === 'sources')
    return { ...DEFAULT_OPERATE, source, adding: read.one('new', oneOf(SOURCE_KINDS)) ?? null };
  const reason = read.one('reason', name) ?? null;
  return { ...DEFAULT_OPERATE, source, reason, row: read.one('row', rowId) ?? null };
}

const rowId = (value: string): number | undefined =>
  /^[1-9]\d{0,11}$/.test(value) ? Number(value) : undefined;

export const isOperateView = (view: string): view is OperateView =>
  (OPERATE_VIEWS as readonly string[]).includes(view);
