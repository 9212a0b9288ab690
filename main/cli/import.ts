import { readFileSync } from 'node:fs';
import { DATASETS, type DatasetName, isDatasetName } from '../../shared/domain/dimensions.ts';
import { AppError } from '../../shared/errors.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { createWorkspace, hasWorkspace } from '../engine/store/create-workspace.ts';
import { openStore } from '../engine/store/engine-store.ts';
import { mergeDeltas } from '../engine/store/merge/merge-deltas.ts';
import { importFiles } from '../engine/sync/import-files.ts';
import { acquireLock } from '../lock.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { createProgress } from './progress.ts';

const OPTIONS = {
  environment: { type: 'string' },
  'environment-from-rows': { type: 'boolean' },
  dataset: { type: 'string' },
  map: { type: 'string' },
  zone: { type: 'string' },
  strict: { type: 'boolean' },
} as const;

export const importCommand: Command = {
  name: 'import',
  summary: 'Reads files of events or of a dimension into the store, by the path of a sync.',
  usage: `tidemark import FILE… --environment E [--dataset NAME] [--map MAP.json] [--data-dir DIR] [--json]

  FILE…                      NDJSON, JSON, CSV, Parquet or Arrow, each also .gz or .zst
  --environment E            the environment that every row belongs to
  --environment-from-rows    instead: each row where its own "environment" says
  --dataset NAME             ${DATASETS.join(', ')}; default events
  --map MAP.json             fits other shapes: columns, constants, event_id
  --zone ZONE                IANA zone of a workspace that this import creates; default UTC
  --strict                   exit 4 when rows are in quarantine
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  if (positionals.length === 0) throw new BadUsage('import needs at least one file');
  const options = {
    environment: environmentOf(values.environment, values['environment-from-rows'] ?? false),
    dataset: datasetOf(values.dataset ?? 'events'),
    ...(values.map === undefined ? {} : { map: readMap(values.map) }),
  };
  const lock = acquireLock(dataDir, 'command');
  try {
    if (!hasWorkspace(dataDir)) createWorkspace(dataDir, { name: 'Workspace', zone: values.zone ?? 'UTC' });
    const state = await importInto(dataDir, positionals, options, io);
    say(state, json, io);
    return values.strict === true && state.counts.quarantined > 0 ? 4 : 0;
  } finally {
    lock.release();
  }
}

function environmentOf(environment: string | undefined, isFromRows: boolean): string | null {
  if (isFromRows && environment !== undefined)
    throw new BadUsage('--environment and --environment-from-rows exclude each other');
  if (isFromRows) return null;
  if (environment === undefined || environment === '')
    throw new BadUsage('import needs --environment E, or --environment-from-rows');
  return environment;
}

function datasetOf(name: string): DatasetName {
  if (isDatasetName(name)) return name;
  throw new BadUsage(`--dataset "${name}" is not one of ${DATASETS.join(', ')}`);
}

function readMap(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('not-readable', `${file} cannot be read`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad-input', `${file} is not JSON`, { cause });
  }
}

async function importInto(
  dataDir: string,
  files: readonly string[],
  options: { environment: string | null; dataset: DatasetName; map?: unknown },
  { stderr, signal }: CommandIo,
): Promise<SyncState> {
  const store = openStore(dataDir);
  const progress = createProgress(stderr, () => performance.now());
  const onProgress = ({ filesDone, filesTotal, counts }: SyncState): void => {
    const text = `Importing: ${count(filesDone)} of ${count(filesTotal)} files, ${count(counts.read)} rows read`;
    progress.show(text, filesDone, filesTotal);
  };
  try {
    const state = await importFiles(store, files, { ...options, signal, onProgress });
    if (state.state === 'cancelled')
      throw new AppError('cancelled', 'cancelled; what was imported so far is kept');
    if (state.state === 'failed')
      throw new AppError('not-readable', state.message ?? 'a file could not be read whole', {
        detail: { ...state.counts },
      });
    await mergeDeltas(store, {
      signal,
      onProgress: ({ daysDone, daysTotal }) =>
        progress.show(`Merging: ${count(daysDone)} of ${count(daysTotal)} days`, daysDone, daysTotal),
    });
    return state;
  } finally {
    progress.end();
    store.close();
  }
}

function say({ counts }: SyncState, json: boolean, { stdout, stderr }: CommandIo): void {
  const { read, kept, duplicate, quarantined } = counts;
  if (quarantined > 0) stderr.write(`${count(quarantined)} rows are in quarantine.\n`);
  if (json) {
    stdout.write(`${JSON.stringify({ ok: true, read, kept, duplicate, quarantined })}\n`);
    return;
  }
  stdout.write(
    `${count(read)} rows read: ${count(kept)} kept, ${count(duplicate)} duplicate, ${count(quarantined)} quarantined.\n`,
  );
}

const count = (n: number): string => n.toLocaleString('en');
