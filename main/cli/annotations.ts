import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openNotesReadDb } from '../catalogue/notes/open-notes-db.ts';
import type { AdmittedCounts } from '../engine/annotations/admit.ts';
import { refusalsIn } from '../engine/privacy/load-refusals.ts';
import { type AnnotationService, openAnnotationService } from '../engine/annotations/annotation-service.ts';
import type { Remote } from '../engine/annotations/remotes.ts';
import type { NotesSyncResult } from '../engine/annotations/sync-remote.ts';
import { exportLines } from '../engine/annotations/transfer.ts';
import { hasWorkspace } from '../engine/store/create-workspace.ts';
import { takeWriterLock } from '../engine/store/writer-lock.ts';
import { acquireLock } from '../lock.ts';
import { AppError } from '../../shared/errors.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';

const OPTIONS = {
  environment: { type: 'string' },
  folder: { type: 'string' },
  source: { type: 'string' },
  strict: { type: 'boolean' },
} as const;

export const annotations: Command = {
  name: 'annotations',
  summary: 'Exports, imports, pulls and pushes the operations that annotations are made of.',
  usage: `tidemark annotations export [--environment E] [--data-dir DIR]
       tidemark annotations import FILE|- [--environment E] [--strict] [--data-dir DIR] [--json]
       tidemark annotations pull|push [--folder DIR --environment E | --source NAME] [--strict] [--data-dir DIR] [--json]

  export             one operation per line (NDJSON) on standard output, with its environment
  import FILE|-      takes in such lines; what is known already changes nothing
  pull               fetches the operations of others; push also sends what waits here
  --environment E    export: only this one; import: of lines that do not say theirs
  --folder DIR       a folder that holds annotations/E/ops/; it is remembered as a source of notes
  --source NAME      one of the remembered sources; default: all of them
  --strict           exit 4 when something is in quarantine
`,
  run,
};

interface Invocation {
  dataDir: string;
  json: boolean;
  environment: string | undefined;
  folder: string | undefined;
  source: string | undefined;
  file: string | undefined;
  io: CommandIo;
}

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [verb, file, ...others] = positionals;
  if (others.length > 0 || (file !== undefined && verb !== 'import'))
    throw new BadUsage(`"${others[0] ?? file ?? ''}" is one argument too many`);
  const { environment, folder, source, strict = false } = values;
  const invocation: Invocation = { dataDir, json, environment, folder, source, file, io };
  const quarantined = await runVerb(verb, invocation);
  return strict && quarantined > 0 ? 4 : 0;
}

/** Resolves with how much went into quarantine. */
function runVerb(verb: string | undefined, invocation: Invocation): Promise<number> {
  switch (verb) {
    case 'export':
      return exportAll(invocation);
    case 'import':
      return withService(invocation, (service) => importFile(service, invocation));
    case 'pull':
    case 'push':
      return withService(invocation, (service) => syncAll(service, verb, invocation));
    default:
      throw new BadUsage('annotations needs one of export, import, pull, push');
  }
}

/** Only reads, so it runs beside a host that holds the folder. */
async function exportAll({ dataDir, environment, io }: Invocation): Promise<number> {
  requireWorkspace(dataDir);
  const db = openNotesReadDb(dataDir);
  try {
    for (const line of db === null ? [] : exportLines(db, environment ?? null)) {
      if (io.signal.aborted) throw new AppError('cancelled', 'stopped before the last operation');
      io.stdout.write(line);
    }
  } finally {
    db?.close();
  }
  return Promise.resolve(0);
}

async function withService(
  { dataDir }: Invocation,
  work: (service: AnnotationService) => Promise<number>,
): Promise<number> {
  requireWorkspace(dataDir);
  const lock = acquireLock(dataDir, 'command');
  try {
    const writer = takeWriterLock(dataDir);
    try {
      const { isRefused } = await refusalsIn(dataDir);
      const service = openAnnotationService(dataDir, { isRefusedUser: isRefused });
      try {
        return await work(service);
      } finally {
        await service.close();
      }
    } finally {
      writer.release();
    }
  } finally {
    lock.release();
  }
}

function requireWorkspace(dataDir: string): void {
  if (!hasWorkspace(dataDir)) throw new AppError('not-found', `there is no workspace in ${dataDir} yet`);
}

async function importFile(
  service: AnnotationService,
  { file, environment, json, io }: Invocation,
): Promise<number> {
  if (file === undefined) throw new BadUsage('import needs a file, or - for standard input');
  const input = file === '-' ? io.stdin : createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  const { read, kept, duplicate, quarantined } = await readable(
    service.importLines(lines, { name: file, environment: environment ?? null, signal: io.signal }),
    { file, signal: io.signal },
  );
  warnOfQuarantine(io, quarantined);
  io.stdout.write(
    json
      ? `${JSON.stringify({ ok: true, read, kept, duplicate, quarantined })}\n`
      : `${countsText({ read, kept, duplicate, quarantined })}\n`,
  );
  return quarantined;
}

async function readable<T>(
  work: Promise<T>,
  { file, signal }: { file: string; signal: AbortSignal },
): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (signal.aborted)
      throw new AppError('cancelled', 'stopped; what was imported so far is kept', { cause });
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT') throw new AppError('not-found', `${file} does not exist`, { cause });
    if (code === 'EACCES' || code === 'EISDIR')
      throw new AppError('not-readable', `${file} cannot be read`, { cause });
    throw cause;
  }
}

/** Every source has its turn; the first failure is reported when all have had it. */
async function syncAll(
  service: AnnotationService,
  verb: 'pull' | 'push',
  invocation: Invocation,
): Promise<number> {
  const { json, io } = invocation;
  const results: NotesSyncResult[] = [];
  const failures: unknown[] = [];
  for (const { remoteId } of remotesToSync(service, invocation)) {
    try {
      results.push(await service[verb](remoteId, io.signal));
    } catch (error) {
      failures.push(error);
    }
  }
  const quarantined = results.reduce((sum, { pulled }) => sum + pulled.quarantined, 0);
  warnOfQuarantine(io, quarantined);
  if (failures.length > 0) throw failures[0];
  if (json) io.stdout.write(`${JSON.stringify({ ok: true, sources: results })}\n`);
  else for (const result of results) io.stdout.write(`${resultText(result)}\n`);
  return quarantined;
}

function remotesToSync(service: AnnotationService, { folder, source, environment }: Invocation): Remote[] {
  if (folder !== undefined && source !== undefined)
    throw new BadUsage('--folder and --source exclude each other');
  if (folder !== undefined) return [folderRemote(service, folder, environment)];
  const all = service.remotes();
  const chosen = all.filter(({ name }) => source === undefined || name === source);
  if (chosen.length > 0) return chosen;
  if (source === undefined) throw new BadUsage('no source of notes is known yet; name one with --folder');
  const names = all.map(({ name }) => `"${name}"`).join(', ');
  throw new AppError(
    'not-found',
    `there is no source of notes named "${source}"; expected ${names || 'none yet'}`,
  );
}

function folderRemote(service: AnnotationService, folder: string, environment: string | undefined): Remote {
  if (environment === undefined) throw new BadUsage('--folder needs --environment E');
  const absolute = path.resolve(folder);
  const name = `${absolute} · ${environment}`;
  const find = (): Remote | undefined => service.remotes().find((one) => one.name === name);
  if (find() === undefined)
    service.addRemote({ name, environment, config: { kind: 'folder', path: absolute } });
  const remote = find();
  if (remote === undefined) throw new AppError('internal', 'the source of notes was not registered');
  return remote;
}

function warnOfQuarantine({ stderr }: CommandIo, quarantined: number): void {
  if (quarantined > 0) stderr.write(`${count(quarantined)} are no operations and are in quarantine.\n`);
}

const countsText = ({ read, kept, duplicate, quarantined }: AdmittedCounts): string =>
  `${count(read)} operations read: ${count(kept)} kept, ${count(duplicate)} duplicate, ${count(quarantined)} quarantined.`;

function resultText({ remote, pulled, pushed }: NotesSyncResult): string {
  const failed = pulled.failed > 0 ? ` ${count(pulled.failed)} could not be read and are tried again.` : '';
  const sent =
    pushed === null
      ? ''
      : ` ${count(pushed.sent)} sent, ${count(pushed.present)} there already, ${count(pushed.refused)} refused.`;
  return `${remote}: ${countsText(pulled)}${failed}${sent}`;
}

const count = (n: number): string => n.toLocaleString('en');
