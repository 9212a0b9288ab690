// The wire's budgets (HOSTS §2), through the whole server host: socket, router, child process and back.
import { cpus } from 'node:os';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { nodeRuntime } from '../../main/runtime.ts';
import { PART_MAX_BYTES } from '../../shared/limits.ts';
import { createRpcClient, type RpcClient } from '../../shared/rpc/client-core.ts';
import { ROLES } from '../../shared/rpc/frames.ts';
import { startTestHost } from '../support/server-host.ts';
import { connectSocket, logIn } from '../support/socket-client.ts';

const CALLS = 2_000;
const STREAMS = 15;
const STREAM_BYTES = 10 * 1024 * 1024;

/** The window's end runs in a thread of its own: in the host's it would measure itself. */
if (isMainThread) await serve();
else await measure(workerData as { origin: string; cookie: string });

async function serve(): Promise<void> {
  const host = await startTestHost();
  const cookie = await logIn(host.freshLink(60_000));
  const window = new Worker(import.meta.filename, { workerData: { origin: host.address, cookie } });
  await new Promise((resolve) => window.on('exit', resolve));
  await host.stop();
  process.exit();
}

async function measure({ origin, cookie }: { origin: string; cookie: string }): Promise<void> {
  const client = createRpcClient({
    lanes: [{ roles: ROLES, open: () => connectSocket(origin, cookie) }],
    app: 'bench',
    runtime: nodeRuntime,
  });
  process.stdout.write(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
  await timedTimes(200, () => emptyCall(client)); // warm
  report('empty call', await timedTimes(CALLS, () => emptyCall(client)), 5);
  await stream(client, PART_MAX_BYTES);
  report(
    '10 MB in parts of 1 MiB (blobs)',
    await timedTimes(STREAMS, () => stream(client, PART_MAX_BYTES)),
    400,
  );
  report(
    '10 MB in parts of 256 KiB (socket)',
    await timedTimes(STREAMS, () => stream(client, 256 * 1024)),
    400,
  );
  for (const kib of [1024, 256]) {
    report(
      `empty call while 10 MB streams in parts of ${kib} KiB`,
      await timesWhileStreaming(client, kib * 1024),
      40,
    );
  }
  client.close();
}

async function timesWhileStreaming(client: RpcClient, partBytes: number): Promise<number[]> {
  let isStreaming = true;
  const streaming = timedTimes(STREAMS, () => stream(client, partBytes)).finally(() => (isStreaming = false));
  const elapsed: number[] = [];
  while (isStreaming) elapsed.push(await timed(() => emptyCall(client)));
  await streaming;
  return elapsed;
}

function emptyCall(client: RpcClient): Promise<unknown> {
  return client.call('query.values', { environment: 'e', property: 'echo', limit: 1 });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function timedTimes(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const elapsed: number[] = [];
  for (let i = 0; i < times; i++) elapsed.push(await timed(work));
  return elapsed;
}

async function stream(client: RpcClient, partBytes: number): Promise<void> {
  let received = 0;
  const spec = { parts: Math.ceil(STREAM_BYTES / partBytes), bytes: partBytes };
  await client.stream('query.run', { spec }, { onPart: ({ bin }) => void (received += bin.byteLength) });
  if (received < STREAM_BYTES) throw new Error(`received ${received} bytes`);
}

function report(what: string, elapsed: readonly number[], budgetMs: number): void {
  const sorted = [...elapsed].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const isOver = at(0.95) > budgetMs;
  if (isOver) process.exitCode = 1;
  const budget = `, budget ${budgetMs} ms${isOver ? ' — OVER' : ''}`;
  const ms = (value: number): string => value.toFixed(2);
  process.stdout.write(
    `${what}: p50 ${ms(at(0.5))} ms, p95 ${ms(at(0.95))} ms, max ${ms(at(1))} ms (n ${sorted.length}${budget})\n`,
  );
}
