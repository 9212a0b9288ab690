import { CONTROL_FEEDS, DIMENSIONS, type DatasetName } from '../../../../shared/domain/dimensions.ts';
import { EVENT_COLUMNS, FREE_TEXT_PROPERTIES } from '../../../../shared/domain/events.ts';
import type { SourceMap } from '../source-config.ts';

export interface ProposedMap {
  map: SourceMap;
  /** Properties to keep: everything but free text. */
  allow: string[];
  /** By when rows arrived, where a column says so. */
  cursor: string | null;
  /** What has to be mapped by hand. */
  missing: string[];
}

/** Names under which products keep what an event needs, the likeliest first. */
const KNOWN_AS: Readonly<Record<string, readonly string[]>> = {
  event_id: ['id', 'uuid', 'event_uuid', 'message_id', 'insert_id', 'prompt_id'],
  event_type: ['event', 'event_name', 'type', 'name', 'action'],
  ts: ['timestamp', 'event_time', 'event_timestamp', 'occurred_at', 'created_at', 'time', 'datetime', 'date'],
  received_at: ['ingested_at', 'inserted_at', 'loaded_at', 'arrived_at', 'server_time', 'updated_at'],
  user_id: ['distinct_id', 'account_id', 'customer_id', 'uid', 'user'],
  session_id: ['visit_id', 'sid', 'session'],
  environment: ['env'],
  app_version: ['version', 'release', 'client_version'],
  locale: ['language', 'lang'],
  country_code: ['country'],
  platform: ['os', 'device_platform'],
  plan: ['tier', 'subscription_plan'],
};
const CONTAINERS = ['properties', 'payload', 'data', 'attributes', 'props'];

/** Which field of a source is what, judged by names; a person confirms it beside the preview. */
export function proposeMap(dataset: DatasetName, fields: readonly string[]): ProposedMap {
  const allow = fields.filter((name) => !isFreeText(name));
  if (dataset !== 'events') return proposeDimension(dataset, fields, allow);
  const columns: Record<string, string> = {};
  const taken = new Set(fields.filter((name) => Object.hasOwn(EVENT_COLUMNS, name)));
  for (const target of Object.keys(EVENT_COLUMNS)) {
    if (taken.has(target)) continue;
    const found = fieldFor(target, fields, taken);
    if (found === undefined) continue;
    taken.add(found);
    columns[target] = found;
  }
  const has = (target: string): boolean => fields.includes(target) || target in columns;
  const mapped = new Set([...taken, ...CONTAINERS.slice(0, 1)]);
  return {
    map: { columns, constants: {}, event_id: has('event_id') ? 'column' : 'hash-of-row' },
    allow: allow.filter((name) => !mapped.has(name)),
    cursor: columns['received_at'] ?? (fields.includes('received_at') ? 'received_at' : null),
    missing: ['event_type', 'ts'].filter((target) => !has(target)),
  };
}

function proposeDimension(
  dataset: Exclude<DatasetName, 'events'>,
  fields: readonly string[],
  allow: readonly string[],
): ProposedMap {
  const { key, columns } = { ...DIMENSIONS, ...CONTROL_FEEDS }[dataset];
  const mapped: Record<string, string> = {};
  for (const target of columns) {
    if (fields.includes(target)) continue;
    const found = fields.find((name) => plain(name) === plain(target));
    if (found !== undefined) mapped[target] = found;
  }
  return {
    map: { columns: mapped, constants: {}, event_id: 'column' },
    allow: [...allow],
    cursor: null,
    missing: key.filter((target) => !fields.includes(target) && !(target in mapped)),
  };
}

function fieldFor(target: string, fields: readonly string[], taken: ReadonlySet<string>): string | undefined {
  for (const name of [target, ...(KNOWN_AS[target] ?? [])]) {
    const found = fields.find((field) => !taken.has(field) && plain(field) === plain(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `eventId`, `event-id` and `EVENT_ID` are one name. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

export const isFreeText = (name: string): boolean =>
  name.split('.').some((part) => FREE_TEXT_PROPERTIES.has(part));
