import { openReadDb } from '../catalogue/open-db.ts';
import { AppError } from '../../shared/errors.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { createJobService } from '../engine/jobs/job-service.ts';
import { realJobSurroundings } from '../engine/jobs/job-surroundings.ts';
import { openStore } from '../engine/store/engine-store.ts';
import { type PlannedSource, planSync } from '../engine/sync/plan-sync.ts';
import { mergeDeltas } from '../engine/store/merge/merge-deltas.ts';
import { acquireLock } from '../lock.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { createProgress } from './progress.ts';

const OPTIONS = {
  source: { type: 'string' },
  'dry-run': { type: 'boolean' },
  full: { type: 'boolean' },
  strict: { type: 'boolean' },
} as const;

export const sync: Command = {
  name: 'sync',
  summary: 'Brings home what is new in the sources.',
  usage: `tidemark sync [--source NAME] [--dry-run] [--full] [--strict] [--data-dir DIR] [--json]

  --source NAME   this one only
  --dry-run       says what would come: objects, bytes, and estimates of rows, time and disk; writes nothing
  --full          lists everything, not only the days that can have changed
  --strict        exit 4 when rows are in quarantine
`,
  run,
};

interface Request {
  dataDir: string;
  sourceName: string | null;
  isFull: boolean;
}

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  if (positionals.length > 0) throw new BadUsage(`sync takes no argument "${positionals[0] ?? ''}"`);
  const request = { dataDir, sourceName: values.source ?? null, isFull: values.full ?? false };
  if (values['dry-run'] === true) return dryRun(request, json, io);
  const { counts, message } = await syncInto(request, io);
  const { quarantined, refused } = counts;
  if (quarantined > 0) io.stderr.write(`${count(quarantined)} rows are in quarantine.\n`);
  if (message !== null) io.stderr.write(`${message}\n`);
  io.stdout.write(
    json
      ? `${JSON.stringify({ ok: true, ...counts })}\n`
      : `${count(counts.files)} objects, ${count(counts.read)} rows read: ${count(counts.kept)} kept, ` +
          `${count(counts.duplicate)} duplicate, ${count(quarantined)} quarantined` +
          `${refused === 0 ? '' : `, ${count(refused)} refused by deletion`}.\n`,
  );
  return values.strict === true && quarantined > 0 ? 4 : 0;
}

async function syncInto(
  { dataDir, sourceName, isFull }: Request,
  { stderr, signal }: CommandIo,
): Promise<SyncState> {
  const lock = acquireLock(dataDir, 'command');
  const progress = createProgress(stderr, () => performance.now());
  try {
    const store = openStore(dataDir);
    try {
      const onProgress = ({ filesDone, filesTotal, counts }: SyncState): void =>
        progress.show(
          `Syncing: ${count(filesDone)} of ${count(filesTotal)} objects, ${count(counts.read)} rows read`,
          filesDone,
          filesTotal,
        );
      const jobs = createJobService({
        store,
        surroundings: realJobSurroundings,
        upkeep: { pause: () => Promise.resolve(), start: () => undefined },
        onJobs: () => undefined,
        onSyncState: onProgress,
        onFault: () => undefined,
      });
      const { sync: state } = await jobs.run({ sourceName, reason: 'manual', isFull, signal });
      if (state.state === 'cancelled')
        throw new AppError('cancelled', 'cancelled; what was synced so far is kept');
      if (state.state === 'failed')
        throw new AppError('source-unreachable', state.message ?? 'a source could not be read whole', {
          detail: { ...state.counts },
        });
      await mergeDeltas(store, {
        signal,
        onProgress: ({ daysDone, daysTotal }) =>
          progress.show(`Merging: ${count(daysDone)} of ${count(daysTotal)} days`, daysDone, daysTotal),
      });
      return state;
    } finally {
      store.close();
    }
  } finally {
    progress.end();
    lock.release();
  }
}

async function dryRun(
  { dataDir, sourceName, isFull }: Request,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  const progress = createProgress(io.stderr, () => performance.now());
  const db = openReadDb(dataDir);
  try {
    const planned = await planSync(db, dataDir, {
      sourceName,
      isFull,
      signal: io.signal,
      onProgress: (objects) => progress.show(`Listing: ${count(objects)} objects to read`, 0, 0),
    });
    progress.end();
    const total = sumOf(planned);
    const ok = planned.every(({ failure }) => failure === null);
    if (json) io.stdout.write(`${JSON.stringify({ ok, dryRun: true, ...total, sources: planned })}\n`);
    else io.stdout.write([...planned, { name: 'all', failure: null, ...total }].map(lineOf).join(''));
    return ok ? 0 : 1;
  } finally {
    progress.end();
    db.close();
  }
}

type Amounts = Omit<PlannedSource, 'name' | 'failure'>;

function sumOf(planned: readonly PlannedSource[]): Amounts {
  const sum = (amount: (one: PlannedSource) => number): number =>
    planned.reduce((total, one) => total + amount(one), 0);
  return {
    objects: sum(({ objects }) => objects),
    bytes: sum(({ bytes }) => bytes),
    rows: sum(({ rows }) => rows),
    seconds: sum(({ seconds }) => seconds),
    diskBytes: sum(({ diskBytes }) => diskBytes),
  };
}

function lineOf({ name, objects, bytes, rows, seconds, diskBytes, failure }: PlannedSource): string {
  if (failure !== null) return `${name}: ${failure}\n`;
  return (
    `${name}: ${count(objects)} objects, ${megabytes(bytes)}; about ${count(rows)} rows, ` +
    `${count(seconds)} s, ${megabytes(diskBytes)} on disk\n`
  );
}

const count = (n: number): string => n.toLocaleString('en');
const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
