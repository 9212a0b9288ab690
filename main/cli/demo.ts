import { AppError } from '../../shared/errors.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import {
  completeSample,
  createSampleWorkspace,
  isSampleWorkspace,
} from '../engine/create-sample-workspace.ts';
import { hasWorkspace } from '../engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../engine/store/engine-store.ts';
import { runSync } from '../engine/sync/run-sync.ts';
import { acquireLock } from '../lock.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { type ProgressLine, createProgress } from './progress.ts';

const OPTIONS = { seed: { type: 'string' }, strict: { type: 'boolean' } } as const;
const USUAL_SEED = 1;

export const demo: Command = {
  name: 'demo',
  summary: 'Writes the sample workspace and syncs it like any source.',
  usage: `tidemark demo [--seed N] [--strict] [--data-dir DIR] [--json]

  --seed N    another story: dates, releases, practices and states move; 0 has none. Default ${USUAL_SEED}
  --strict    exit 4 when rows are in quarantine (the sample holds some on purpose)
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  if (positionals.length > 0) throw new BadUsage(`demo takes no argument "${positionals[0] ?? ''}"`);
  const seed = seedOf(values.seed);
  const lock = acquireLock(dataDir, 'command');
  const progress = createProgress(io.stderr, () => performance.now());
  try {
    const { store, created } = await openSample(dataDir, seed, io, progress);
    try {
      const state = await syncSample(store, io, progress);
      progress.end();
      say(io, store, { dataDir, json, created, state });
      return values.strict === true && state.counts.quarantined > 0 ? 4 : 0;
    } finally {
      store.close();
    }
  } finally {
    progress.end();
    lock.release();
  }
}

function seedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new BadUsage(`--seed "${text}" is not a whole number from 0 to 999999999`);
  return Number(text);
}

async function openSample(
  dataDir: string,
  seed: number | undefined,
  { signal }: CommandIo,
  progress: ProgressLine,
): Promise<{ store: EngineStore; created: boolean }> {
  if (hasWorkspace(dataDir)) return { store: openExisting(dataDir, seed), created: false };
  const store = await createSampleWorkspace({
    dataDir,
    seed: seed ?? USUAL_SEED,
    signal,
    onProgress: ({ filesWritten, filesTotal }) => {
      const text = `Writing the sample: ${count(filesWritten)} of ${count(filesTotal)} files`;
      progress.show(text, filesWritten, filesTotal);
    },
  });
  return { store, created: true };
}

/** The same sample again is synced again; anything else stays untouched. */
function openExisting(dataDir: string, seed: number | undefined): EngineStore {
  const store = openStore(dataDir);
  try {
    if (!isSampleWorkspace(store)) {
      throw new AppError(
        'conflict',
        `${dataDir} holds the workspace "${store.workspace.name}"; name another --data-dir`,
      );
    }
    const manifest = completeSample(store);
    if (seed !== undefined && seed !== manifest.seed) {
      throw new AppError(
        'conflict',
        `${dataDir} holds the sample of seed ${manifest.seed}; name another --data-dir`,
      );
    }
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

async function syncSample(
  store: EngineStore,
  { signal }: CommandIo,
  progress: ProgressLine,
): Promise<SyncState> {
  const onProgress = ({ filesDone, filesTotal, counts }: SyncState): void => {
    const text = `Syncing: ${count(filesDone)} of ${count(filesTotal)} files, ${count(counts.kept)} rows kept`;
    progress.show(text, filesDone, filesTotal);
  };
  const state = await runSync(store, { sourceName: null, signal, onProgress });
  if (state.state === 'cancelled')
    throw new AppError('cancelled', 'cancelled; what was synced so far is kept');
  if (state.state === 'failed') throw new AppError('internal', state.message ?? 'the sync failed');
  return state;
}

interface Outcome {
  dataDir: string;
  json: boolean;
  created: boolean;
  state: SyncState;
}

function say(io: CommandIo, store: EngineStore, { dataDir, json, created, state }: Outcome): void {
  const { seed, asOf, environment, workspaceName } = completeSample(store);
  const { files, read, kept, duplicate, quarantined, scrubbed } = state.counts;
  if (quarantined > 0) io.stderr.write(`${count(quarantined)} rows are in quarantine.\n`);
  if (json) {
    const workspace = { dataDir, workspaceName, environment, seed, asOf };
    io.stdout.write(`${JSON.stringify({ ok: true, created, ...workspace, ...state.counts })}\n`);
    return;
  }
  io.stdout.write(
    [
      `${created ? 'Created' : 'Found'} the sample workspace "${workspaceName}" (seed ${seed}, as of ${asOf}) in ${dataDir}.`,
      files === 0
        ? 'Nothing was new.'
        : `Synced ${count(files)} files: ${count(read)} rows read, ${count(kept)} kept, ${count(duplicate)} duplicate, ` +
          `${count(quarantined)} quarantined, ${count(scrubbed)} values scrubbed.`,
      '',
    ].join('\n'),
  );
}

const count = (n: number): string => n.toLocaleString('en');
