import { NewRemote, type RemoteConfig } from '../../../shared/annotations/remote.ts';
import type { SecretUse } from '../../link/use-secret-entry.ts';
import type { NotesRemoteInfo } from '../../../shared/rpc/contract/annotations.ts';

/** A place that notes go to, as it is typed: not yet valid. */

export type PlaceKind = RemoteConfig['kind'];

export interface PlaceDraft {
  /** null: a new one. */
  remoteId: number | null;
  name: string;
  config: { kind: PlaceKind } & Record<string, unknown>;
}

export const KIND_LABELS: Record<PlaceKind, string> = {
  folder: 'Folder',
  s3: 'S3 and compatible',
  postgres: 'PostgreSQL',
  clickhouse: 'ClickHouse',
};
export const PLACE_KINDS = Object.keys(KIND_LABELS) as PlaceKind[];

export interface PlaceField {
  name: string;
  label: string;
  placeholder?: string;
  isNumber?: boolean;
  /** An empty text is sent as null. */
  mayBeMissing?: boolean;
}

const SERVER: readonly PlaceField[] = [
  { name: 'host', label: 'Host' },
  { name: 'port', label: 'Port', isNumber: true },
  { name: 'database', label: 'Database' },
  { name: 'user', label: 'User who may insert' },
];
const TABLE: PlaceField = { name: 'table', label: 'Table' };

export const PLACE_FIELDS: Record<PlaceKind, readonly PlaceField[]> = {
  folder: [{ name: 'path', label: 'Folder', placeholder: '/shared/team' }],
  s3: [
    { name: 'bucket', label: 'Bucket' },
    { name: 'prefix', label: 'Before annotations/', placeholder: 'nothing, or team/' },
    { name: 'endpoint', label: 'Endpoint', placeholder: 'AWS', mayBeMissing: true },
    { name: 'region', label: 'Region', placeholder: 'of the profile', mayBeMissing: true },
  ],
  postgres: [
    ...SERVER,
    { name: 'tableSchema', label: 'Schema', placeholder: 'search path', mayBeMissing: true },
    TABLE,
  ],
  clickhouse: [...SERVER, TABLE],
};

const DATABASE = { host: '', database: '', user: '', table: 'annotation_ops', secret: null };
const FIRST: Record<PlaceKind, Record<string, unknown>> = {
  folder: { path: '' },
  s3: { bucket: '', prefix: '', endpoint: null, region: null, pathStyle: false },
  postgres: { ...DATABASE, port: 5432, tableSchema: null },
  clickhouse: { ...DATABASE, port: 8443 },
};

export const newPlace = (kind: PlaceKind, name = ''): PlaceDraft => ({
  remoteId: null,
  name,
  config: { kind, ...FIRST[kind] },
});

export const placeOf = ({ remoteId, name, config }: NotesRemoteInfo): PlaceDraft => ({
  remoteId,
  name,
  config: { ...config },
});

export function textOf({ config }: PlaceDraft, field: string): string {
  const value = config[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function withField(draft: PlaceDraft, field: PlaceField, text: string): PlaceDraft {
  const value =
    text === '' && field.mayBeMissing === true ? null : field.isNumber === true ? Number(text) : text;
  return withConfig(draft, { [field.name]: value });
}

export const withConfig = (draft: PlaceDraft, change: Record<string, unknown>): PlaceDraft => ({
  ...draft,
  config: { ...draft.config, ...change },
});

/** What can be sent, or the field that is not right yet and why. */
export function checkedPlace(
  draft: PlaceDraft,
  environment: string,
): { remote: NewRemote; fault: null } | { remote: null; fault: { field: string; message: string } } {
  const parsed = NewRemote.safeParse({ name: draft.name.trim(), environment, config: draft.config });
  if (parsed.success) return { remote: parsed.data, fault: null };
  const [issue] = parsed.error.issues;
  return {
    remote: null,
    fault: { field: String(issue?.path.at(-1) ?? ''), message: issue?.message ?? 'not complete' },
  };
}

export type TlsMode = 'verify' | 'encrypt' | 'off';

export function tlsOf({ config }: PlaceDraft): TlsMode {
  const mode = (config['tls'] as { mode?: string } | undefined)?.mode;
  return mode === 'encrypt' || mode === 'off' ? mode : 'verify';
}

export const withTls = (draft: PlaceDraft, mode: TlsMode): PlaceDraft =>
  withConfig(draft, { tls: { caFile: null, ...(draft.config['tls'] as object | undefined), mode } });

export type CredentialsKind = 'profile' | 'keys' | 'anonymous';

interface Credentials {
  kind?: CredentialsKind;
  profile?: string;
  secret?: string;
}

const credentialsIn = ({ config }: PlaceDraft): Credentials => config['credentials'] ?? {};

export const credentialsOf = (draft: PlaceDraft): Required<Pick<Credentials, 'kind' | 'profile'>> => {
  const { kind = 'profile', profile = 'default' } = credentialsIn(draft);
  return { kind, profile };
};

export function withCredentials(draft: PlaceDraft, kind: CredentialsKind, profile = 'default'): PlaceDraft {
  const credentials = {
    profile: { kind, profile },
    keys: { kind, secret: secretNameFor(draft.name) },
    anonymous: { kind },
  };
  return withConfig(draft, { credentials: credentials[kind] });
}

/** What a place needs a secret for; null: it needs none. */
export function secretUse(draft: PlaceDraft): SecretUse | null {
  const { kind, secret } = draft.config;
  if (kind === 'postgres' || kind === 'clickhouse')
    return {
      name: typeof secret === 'string' ? secret : null,
      label: 'Password',
      holds: 'the password of the user',
    };
  if (kind !== 's3' || credentialsOf(draft).kind !== 'keys') return null;
  return {
    name: credentialsIn(draft).secret ?? null,
    label: 'Access key',
    holds: 'ID:SECRET or ID:SECRET:TOKEN',
  };
}

export const withSecret = (draft: PlaceDraft, secret: string): PlaceDraft =>
  draft.config.kind === 's3'
    ? withConfig(draft, { credentials: { kind: 'keys', secret } })
    : withConfig(draft, { secret });

/** Never the name of a secret that events are read with: who reads them need not be able to write. */
export function secretNameFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50);
  return plain === '' ? 'notes' : `notes-${plain}`;
}

/** Where it is, in one line. */
export function placeInWords(config: RemoteConfig): string {
  switch (config.kind) {
    case 'folder':
      return config.path;
    case 's3':
      return `${config.bucket}/${config.prefix}`;
    case 'postgres':
    case 'clickhouse':
      return `${config.host}, ${config.database}.${config.table}`;
  }
}
