import { AppError } from '../../shared/errors.ts';
import { openReadDb } from '../catalogue/open-db.ts';
import { createWorkspace, hasWorkspace } from '../engine/store/create-workspace.ts';
import { openStore } from '../engine/store/engine-store.ts';
import { type ListedSource, checkSource, listSources, removeSource } from '../engine/sync/manage-sources.ts';
import { type SourceInput, addSource } from '../engine/sync/sources.ts';
import { discoverFields, discoverTables } from '../engine/sync/discover/discover-source.ts';
import { previewSource } from '../engine/sync/discover/preview-source.ts';
import type { SourceKind } from '../engine/sync/source-kinds.ts';
import { acquireLock } from '../lock.ts';
import { readJson } from './read-json.ts';
import { tableLineOf, textOfFields, textOfPreview } from './source-look.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';

const OPTIONS = {
  kind: { type: 'string' },
  environment: { type: 'string' },
  dataset: { type: 'string' },
  path: { type: 'string' },
  bucket: { type: 'string' },
  keys: { type: 'string' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
  'path-style': { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
  database: { type: 'string' },
  'table-schema': { type: 'string' },
  table: { type: 'string' },
  user: { type: 'string' },
  cursor: { type: 'string' },
  filters: { type: 'string' },
  tls: { type: 'string' },
  'ca-file': { type: 'string' },
  'statement-seconds': { type: 'string' },
  profile: { type: 'string' },
  secret: { type: 'string' },
  anonymous: { type: 'boolean' },
  format: { type: 'string' },
  allow: { type: 'string' },
  map: { type: 'string' },
  schema: { type: 'string' },
  'freshness-minutes': { type: 'string' },
  zone: { type: 'string' },
} as const;

export const sources: Command = {
  name: 'sources',
  summary: 'Adds, lists, tests and removes what a sync reads.',
  usage: `tidemark sources add NAME --environment E (--path DIR | --bucket NAME … | --table NAME …) [options]
       tidemark sources preview …the same
       tidemark sources fields …the same
       tidemark sources tables --kind postgres|clickhouse --host H …
       tidemark sources list | test NAME | remove NAME [--data-dir DIR] [--json]

  preview shows 20 rows as they would be stored and marks what would be refused; fields shows what there is and
  proposes a map; tables lists what a database holds. None of them writes anything.

  --path DIR              a folder of files
  --bucket NAME           a bucket of S3 or of a compatible service
  --keys TEMPLATE         start of every key, e.g. 'events/\${ENV}/dt=%Y-%m-%d/'; default: all
  --endpoint URL          of a compatible service; with --region R, and --path-style where it needs that
  --table NAME            a table or view, with --kind postgres or clickhouse; --table-schema S for PostgreSQL's
  --host H --port N       where the database is; with --database D and --user U, and --secret NAME for the password
  --cursor COLUMN         when rows arrived, where a column says so
  --filters FILTERS.json  what rows have to meet: [{"column": "kind", "op": "=", "value": "view"}, …]
  --tls MODE              verify (default), encrypt or off; --ca-file FILE names who signed the certificate
  --statement-seconds N   no statement may take the server longer; default 300
  --profile NAME          credentials of the AWS configuration files; default "default"
  --secret NAME           or: a secret that holds ID:SECRET or ID:SECRET:TOKEN (tidemark secrets set NAME)
  --anonymous             or: none
  --format FORMAT         of keys without a telling ending: ndjson, json, csv, parquet, arrow, with .gz or .zst
  --dataset NAME          events, users, practices, …; default events
  --allow a,b,…           properties to keep; default all but free text
  --map MAP.json          fits other shapes: columns, constants, event_id; "auto" takes what fields proposes
  --schema product        checks the properties of the product's own events
  --freshness-minutes N   how far behind the source may be
  --zone ZONE             IANA zone of a workspace that this command creates; default UTC

  remove keeps what the source brought home.
`,
  run,
};

type Values = ReturnType<typeof parse>['values'];
const parse = (argv: readonly string[], io: Pick<CommandIo, 'env'>) => parseCommandArgs(argv, OPTIONS, io);

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parse(argv, io);
  const [action, name, ...rest] = positionals;
  if (rest.length > 0) throw new BadUsage(`sources takes no argument "${rest[0] ?? ''}"`);
  const answer = (result: object, text: string): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : text);
    return 0;
  };
  const asked = { dataDir, nowMs: Date.now(), signal: io.signal };
  switch (action) {
    case 'list': {
      const found = withDb(dataDir, listSources);
      return answer({ sources: found }, found.map(lineOf).join('') || 'There are no sources yet.\n');
    }
    case 'test': {
      const { examples } = await withDb(dataDir, (db) => checkSource(db, dataDir, named(name, 'test'), io));
      const text = examples.length === 0 ? 'It answers, and holds nothing to read.' : examples.join('\n');
      return answer({ examples }, `${text}\n`);
    }
    case 'tables': {
      const tables = await discoverTables(inputOf('tables', { table: '-', ...values }), asked);
      return answer(
        { tables },
        tables.map(tableLineOf).join('') || 'There are no tables that it may read.\n',
      );
    }
    case 'fields': {
      const found = await discoverFields(inputOf('fields', values), asked);
      return answer(found, textOfFields(found));
    }
    case 'preview': {
      const preview = await previewSource(await withMap(inputOf('preview', values), values, asked), asked);
      return answer(preview, textOfPreview(preview));
    }
    case 'add':
      add(dataDir, await withMap(inputOf(named(name, 'add'), values), values, asked), values.zone);
      return answer({ name }, `Added "${name ?? ''}"; sync reads it.\n`);
    case 'remove':
      withStore(dataDir, (store) => removeSource(store, named(name, 'remove')));
      return answer({ name }, `Removed "${name ?? ''}"; what it brought stays.\n`);
    default:
      throw new BadUsage(
        `sources "${action ?? ''}" is not one of add, preview, fields, tables, list, test, remove`,
      );
  }
}

function named(name: string | undefined, action: string): string {
  if (name === undefined || name === '') throw new BadUsage(`sources ${action} needs the NAME of a source`);
  return name;
}

function withDb<T>(dataDir: string, work: (db: ReturnType<typeof openReadDb>) => T): T {
  const db = openReadDb(dataDir);
  const end = (): void => void db.close();
  const result = work(db);
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}

function withStore(dataDir: string, work: (store: ReturnType<typeof openStore>) => void): void {
  const lock = acquireLock(dataDir, 'command');
  try {
    const store = openStore(dataDir);
    try {
      work(store);
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}

function add(dataDir: string, input: SourceInput, zone = 'UTC'): void {
  if (!hasWorkspace(dataDir)) createWorkspace(dataDir, { name: 'Workspace', zone });
  withStore(dataDir, (store) => addSource(store, input));
}

function inputOf(name: string, values: Values): SourceInput {
  const { environment, path, bucket, keys, kind, table } = values;
  if (environment === undefined && !LOOKS.has(name)) throw new BadUsage('sources add needs --environment E');
  const found = kindOf(values);
  if (kind !== undefined && kind !== found)
    throw new BadUsage(`--kind "${kind}" does not fit; expected ${found}`);
  // the engine checks the values against the schema and names what is wrong
  const common = {
    kind: found,
    name,
    environment: environment ?? name,
    ...given('dataset', values.dataset),
    ...given(
      'allow',
      values.allow?.split(',').map((property) => property.trim()),
    ),
    ...given('map', values.map === undefined || values.map === AUTO ? undefined : readJson(values.map)),
    ...given('schema', values.schema),
    ...given('freshnessTargetMs', minutesMs(values['freshness-minutes'])),
  };
  if (table !== undefined) return { ...common, ...tableOf(table, values) } as SourceInput;
  if (path !== undefined) return { ...common, ...given('keyTemplate', keys), path } as SourceInput;
  return {
    ...common,
    ...given('keyTemplate', keys),
    bucket,
    ...given('endpoint', values.endpoint),
    ...given('region', values.region),
    ...given('pathStyle', values['path-style']),
    ...given('format', values.format),
    ...given('credentials', credentialsOf(values)),
  } as SourceInput;
}

/** What looks at a source and stores none needs no environment. */
const LOOKS = new Set(['tables', 'fields', 'preview']);
const AUTO = 'auto';

function kindOf({ path, bucket, table, kind }: Values): SourceKind {
  if ([path, bucket, table].filter((place) => place !== undefined).length !== 1)
    throw new BadUsage('sources add needs one of --path DIR, --bucket NAME and --table NAME');
  if (path !== undefined) return 'folder';
  if (bucket !== undefined) return 's3';
  if (kind === 'postgres' || kind === 'clickhouse') return kind;
  throw new BadUsage('--table needs --kind postgres or --kind clickhouse');
}

function tableOf(table: string, values: Values): object {
  const { host, port, database, user, secret, cursor, filters, tls } = values;
  const caFile = values['ca-file'];
  return {
    table,
    ...given('tableSchema', values['table-schema']),
    ...given('host', host),
    ...given('port', port === undefined ? undefined : Number(port)),
    ...given('database', database),
    ...given('user', user),
    ...given('secret', secret),
    ...given('cursor', cursor),
    ...given('filters', filters === undefined ? undefined : readJson(filters)),
    ...given('tls', tls === undefined && caFile === undefined ? undefined : { mode: tls, caFile }),
    ...given('statementTimeoutMs', secondsMs(values['statement-seconds'])),
  };
}

/** With `--map auto` what the fields of the source are taken for. */
async function withMap(
  input: SourceInput,
  { map, cursor }: Values,
  request: Parameters<typeof discoverFields>[1],
): Promise<SourceInput> {
  if (map !== AUTO) return input;
  const found = await discoverFields(input, request);
  if (found.missing.length > 0)
    throw new AppError('bad-input', `no field looks like ${found.missing.join(' or ')}; give a --map`);
  const isTable = input.kind === 'postgres' || input.kind === 'clickhouse';
  return { ...input, map: found.map, ...(isTable ? given('cursor', cursor ?? found.cursor) : {}) };
}

const given = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

function credentialsOf({ profile, secret, anonymous }: Values): object | undefined {
  const ways = [
    ...(profile === undefined ? [] : [{ kind: 'profile', profile }]),
    ...(secret === undefined ? [] : [{ kind: 'keys', secret }]),
    ...(anonymous === true ? [{ kind: 'anonymous' }] : []),
  ];
  if (ways.length > 1) throw new BadUsage('--profile, --secret and --anonymous exclude each other');
  return ways[0];
}

function minutesMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = Number(text);
  if (!(minutes > 0)) throw new BadUsage(`--freshness-minutes "${text}" is not a positive number`);
  return minutes * 60_000;
}

function secondsMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0)) throw new BadUsage(`--statement-seconds "${text}" is not a positive number`);
  return seconds * 1000;
}

function lineOf({
  name,
  kind,
  environment,
  dataset,
  place,
  lastSyncAt,
  lastFailure,
  kept,
}: ListedSource): string {
  const when = lastSyncAt === null ? 'never synced' : `synced ${lastSyncAt}`;
  const failure = lastFailure === null ? '' : `  failed: ${lastFailure}`;
  return `${name}  ${kind}  ${environment ?? 'as rows say'}  ${dataset}  ${place}  ${kept.toLocaleString('en')} rows, ${when}${failure}\n`;
}
