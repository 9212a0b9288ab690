import type { SecretUse } from '../../link/use-secret-entry.ts';
import { SOURCE_KINDS, type SourceKind } from '../../state/operate-address.ts';
import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';

/** A source as the form holds it: what is sent to the engine, which alone judges it. */
export type Draft = Readonly<Record<string, unknown>>;

export const KINDS: readonly { id: SourceKind; label: string; says: string }[] = [
  { id: 's3', label: 'S3 and compatible', says: 'AWS, MinIO, R2, Ceph; JSON, NDJSON, Parquet, Arrow' },
  { id: 'clickhouse', label: 'ClickHouse', says: 'a table or view over HTTPS, read only' },
  { id: 'postgres', label: 'PostgreSQL', says: 'a table or view, read-only transaction' },
  { id: 'folder', label: 'Folder', says: 'the same layout as a bucket' },
];

const HOUR_MS = 3_600_000;

export const isKind = (kind: string): kind is SourceKind =>
  (SOURCE_KINDS as readonly string[]).includes(kind);

/** With what a new source of a kind begins. */
export function newDraft(kind: SourceKind, environment: string): Draft {
  const common = { kind, name: '', environment, dataset: 'events', freshnessTargetMs: HOUR_MS };
  switch (kind) {
    case 'folder':
      return { ...common, path: '', keyTemplate: '' };
    case 's3':
      return {
        ...common,
        bucket: '',
        keyTemplate: '',
        endpoint: null,
        region: null,
        pathStyle: false,
        format: null,
        credentials: { kind: 'profile', profile: 'default' },
      };
    case 'clickhouse':
      return {
        ...common,
        host: '',
        port: 8443,
        database: 'default',
        table: '',
        user: 'default',
        secret: null,
        cursor: null,
      };
    case 'postgres':
      return {
        ...common,
        host: '',
        port: 5432,
        database: '',
        table: '',
        user: '',
        secret: null,
        cursor: null,
      };
  }
}

/** Another kind keeps what every kind has. */
export function toKind(draft: Draft, kind: SourceKind): Draft {
  const { name, environment, dataset, freshnessTargetMs } = draft;
  return { ...newDraft(kind, textOf(draft, 'environment')), name, environment, dataset, freshnessTargetMs };
}

export const draftOfStored = ({
  name,
  kind,
  environment,
  dataset,
  config,
  freshnessTargetMs,
}: StoredSource): Draft => ({
  ...config,
  kind,
  name,
  environment,
  dataset,
  freshnessTargetMs,
});

export function textOf(draft: Draft, field: string): string {
  const value = draft[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Empty texts of settings that may be missing are sent as null. */
const MAY_BE_MISSING: ReadonlySet<string> = new Set([
  'endpoint',
  'region',
  'format',
  'secret',
  'cursor',
  'tableSchema',
]);

export const withText = (draft: Draft, field: string, text: string): Draft => ({
  ...draft,
  [field]: text === '' && MAY_BE_MISSING.has(field) ? null : text,
});

export interface DraftMap {
  columns: Record<string, string>;
  constants: Record<string, unknown>;
  event_id: 'column' | 'object-key' | 'hash-of-row';
}

const NO_MAP: DraftMap = { columns: {}, constants: {}, event_id: 'column' };

export const mapOf = (draft: Draft): DraftMap => ({
  ...NO_MAP,
  ...(draft['map'] as Partial<DraftMap> | undefined),
});

/** What stands in the list of a field beside the columns of every event. */
export const NOT_PULLED = '';

/**
 * A field goes to another column or property, or is not pulled. `allow` becomes a list once something is left out:
 * `fields` are those that are pulled now, with where they go.
 */
export function retarget(
  draft: Draft,
  fields: readonly { name: string; target: string | null }[],
  field: string,
  target: string,
): Draft {
  const map = mapOf(draft);
  const columns = Object.fromEntries(
    Object.entries(map.columns).filter(([known, from]) => from !== field && known !== target),
  );
  if (target !== NOT_PULLED && target !== field) columns[target] = field;
  const kept = fields
    .map((one) => (one.name === field ? target : one.target))
    .filter((name): name is string => name !== null && name !== NOT_PULLED);
  return { ...draft, map: { ...map, columns }, allow: [...new Set(kept)] };
}

/** The name that a secret of a source gets: "Orders (EU)" → "orders-eu". */
export function secretNameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'source' : plain;
}

/** What a source needs a secret for; null: it needs none. */
export function secretUse(draft: Draft): SecretUse | null {
  const { kind } = draft;
  if (kind === 'clickhouse' || kind === 'postgres')
    return { name: textOf(draft, 'secret') || null, label: 'Password', holds: 'the password of the user' };
  const credentials = draft['credentials'] as { kind?: string; secret?: string } | undefined;
  if (kind !== 's3' || credentials?.kind !== 'keys') return null;
  return { name: credentials.secret ?? null, label: 'Access key', holds: 'ID:SECRET or ID:SECRET:TOKEN' };
}

export function withSecret(draft: Draft, secret: string): Draft {
  if (draft['kind'] === 's3') return { ...draft, credentials: { kind: 'keys', secret } };
  return { ...draft, secret };
}
