import { AppError } from '../../shared/errors.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { lastFullDayLine } from './last-full-day.ts';
import type { Terminal } from './terminal.ts';

export interface Prepared {
  /** Everything is synced already. */
  isFresh: boolean;
}

/** A folder without workspace gets the sample, synced like any source; one with a workspace is left as it is. */
export async function prepareWorkspace(
  client: RpcClient,
  terminal: Terminal,
  { demo, signal }: { demo: boolean; signal: AbortSignal },
): Promise<Prepared> {
  const sample = await client.call(
    'command.sample.create',
    {},
    {
      signal,
      onProgress: ({ filesWritten, filesTotal }) =>
        terminal.progress(`Writing the sample: ${count(filesWritten)} of ${count(filesTotal)} files`),
    },
  );
  if (!sample.created) {
    if (demo && !sample.isSample) {
      throw new AppError(
        'conflict',
        `this folder holds the workspace "${sample.workspaceName}"; name another one for --demo`,
      );
    }
    return { isFresh: false };
  }
  terminal.line(`Created the sample workspace "${sample.workspaceName}".`);
  await sync(client, terminal, signal);
  terminal.line(await lastFullDayLine(client));
  return { isFresh: true };
}

/** At a later start the window is open already; a source that fails is told and changes nothing else. */
export async function syncInBackground(
  client: RpcClient,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { paused, sources } = await client.call('query.jobs.state', {}, { signal });
    const runnable = sources.filter(({ state }) => state !== 'paused');
    if (paused) terminal.line('Sync is paused; it goes on when it is resumed.');
    else if (runnable.length === sources.length) await sync(client, terminal, signal);
    else for (const { sourceName } of runnable) await sync(client, terminal, signal, sourceName);
  } catch (error) {
    if (signal.aborted) return;
    terminal.fault(`Sync: ${error instanceof AppError ? error.message : 'failed; the log says more'}`);
  }
}

/** `sourceName` null: every source. */
async function sync(
  client: RpcClient,
  terminal: Terminal,
  signal: AbortSignal,
  sourceName: string | null = null,
): Promise<void> {
  const startedMs = performance.now();
  const onProgress = (state: SyncState): void => terminal.progress(progressLine(state));
  const state = await client.call('command.sync.run', { sourceName }, { signal, onProgress });
  terminal.line(summaryLine(state, performance.now() - startedMs));
  if (state.message !== null) terminal.fault(`Sync: ${state.message}`); // the rest was read all the same
}

function progressLine({ sourceName, filesDone, filesTotal, counts }: SyncState): string {
  const of = filesTotal === 0 ? '' : ` of ${count(filesTotal)}`;
  return `Syncing${sourceName === null ? '' : ` ${sourceName}`}: ${count(filesDone)}${of} files, ${count(counts.read)} rows`;
}

function summaryLine({ counts }: SyncState, elapsedMs: number): string {
  const { files, read, kept, duplicate, quarantined, scrubbed } = counts;
  if (files === 0) return 'Synced: nothing new.';
  return (
    `Synced ${count(files)} files in ${(elapsedMs / 1000).toFixed(1)} s: ${count(read)} rows read, ` +
    `${count(kept)} kept, ${count(duplicate)} duplicate, ${count(quarantined)} quarantined, ${count(scrubbed)} values scrubbed.`
  );
}

const count = (n: number): string => n.toLocaleString('en');
