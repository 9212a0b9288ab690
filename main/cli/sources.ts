import { openReadDb } from '../catalogue/open-db.ts';
import { createWorkspace, hasWorkspace } from '../engine/store/create-workspace.ts';
import { openStore } from '../engine/store/engine-store.ts';
import { type ListedSource, checkSource, listSources, removeSource } from '../engine/sync/manage-sources.ts';
import { type SourceInput, addSource } from '../engine/sync/sources.ts';
import { acquireLock } from '../lock.ts';
import { readJson } from './read-json.ts';
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
  usage: `tidemark sources add NAME --environment E (--path DIR | --bucket NAME …) [--keys TEMPLATE] [options]
       tidemark sources list | test NAME | remove NAME [--data-dir DIR] [--json]

  --path DIR              a folder of files
  --bucket NAME           a bucket of S3 or of a compatible service
  --keys TEMPLATE         start of every key, e.g. 'events/\${ENV}/dt=%Y-%m-%d/'; default: all
  --endpoint URL          of a compatible service; with --region R, and --path-style where it needs that
  --profile NAME          credentials of the AWS configuration files; default "default"
  --secret NAME           or: a secret that holds ID:SECRET or ID:SECRET:TOKEN (tidemark secrets set NAME)
  --anonymous             or: none
  --format FORMAT         of keys without a telling ending: ndjson, json, csv, parquet, arrow, with .gz or .zst
  --dataset NAME          events, users, practices, …; default events
  --allow a,b,…           properties to keep; default all but free text
  --map MAP.json          fits other shapes: columns, constants, event_id
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
    case 'add':
      add(dataDir, inputOf(named(name, 'add'), values), values.zone);
      return answer({ name }, `Added "${name ?? ''}"; sync reads it.\n`);
    case 'remove':
      withStore(dataDir, (store) => removeSource(store, named(name, 'remove')));
      return answer({ name }, `Removed "${name ?? ''}"; what it brought stays.\n`);
    default:
      throw new BadUsage(`sources "${action ?? ''}" is not one of add, list, test, remove`);
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
  const { environment, path, bucket, keys, kind } = values;
  if (environment === undefined) throw new BadUsage('sources add needs --environment E');
  if ((path === undefined) === (bucket === undefined))
    throw new BadUsage('sources add needs either --path DIR or --bucket NAME');
  const isFolder = path !== undefined;
  if (kind !== undefined && kind !== (isFolder ? 'folder' : 's3'))
    throw new BadUsage(`--kind "${kind}" does not fit; expected ${isFolder ? 'folder' : 's3'}`);
  // the engine checks the values against the schema and names what is wrong
  const common = {
    name,
    environment,
    ...given('dataset', values.dataset),
    ...given('keyTemplate', keys),
    ...given(
      'allow',
      values.allow?.split(',').map((property) => property.trim()),
    ),
    ...given('map', values.map === undefined ? undefined : readJson(values.map)),
    ...given('schema', values.schema),
    ...given('freshnessTargetMs', minutesMs(values['freshness-minutes'])),
  };
  if (path !== undefined) return { ...common, kind: 'folder', path };
  return {
    ...common,
    kind: 's3',
    bucket,
    ...given('endpoint', values.endpoint),
    ...given('region', values.region),
    ...given('pathStyle', values['path-style']),
    ...given('format', values.format),
    ...given('credentials', credentialsOf(values)),
  } as SourceInput;
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
