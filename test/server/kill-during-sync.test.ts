import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogueReader } from '../../main/catalogue/reader.ts';
import { DATASETS } from '../../shared/domain/dimensions.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import { createRpcClient, type RpcClient } from '../../shared/rpc/client-core.ts';
import { ROLES } from '../../shared/rpc/frames.ts';
import { startHostProcess } from '../support/host-process.ts';
import { makeSampleTemplate, startHostOnCopy } from '../support/sample-host.ts';
import { answersOf, type Answers } from '../support/sample-questions.ts';
import { connectSocket, logIn } from '../support/socket-client.ts';

const KILLS = process.env['TIDEMARK_DEEP'] === '1' ? 100 : 9;
const TARGETS = ['engine', 'query', 'supervisor'] as const;
const seed = Number(process.env['TIDEMARK_SEED'] ?? Date.now() % 1_000_000);

const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-kills-'));
const template = path.join(folder, 'template');
let undisturbed: Answers;
let syncMs = 0;

beforeAll(async () => {
  await makeSampleTemplate(template);
  const host = await startHostOnCopy(template);
  const startedMs = performance.now();
  await host.client.call('command.sync.run', {});
  syncMs = performance.now() - startedMs;
  undisturbed = await answersOf(host.client);
  await host.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`a SIGKILL at a random moment of a sync changes no answer (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let kill = 1; kill <= KILLS; kill++) {
    const target = TARGETS[kill % TARGETS.length] ?? 'engine';
    const moment = random();
    it(`kill ${kill}: ${target}, ${(moment * 100).toFixed(0)} % into the sync`, async () => {
      if (target === 'supervisor') await killSupervisor(moment * syncMs);
      else await killProcess(target, moment * syncMs);
    });
  }
});

async function killProcess(target: 'engine' | 'query', delayMs: number): Promise<void> {
  const host = await startHostOnCopy(template);
  await Promise.all([host.supervisor.whenUp('engine'), host.supervisor.whenUp('query')]);
  const sync = host.client.call('command.sync.run', {});
  const asked = answersOf(host.client); // questions under way cost one retry at most, and none fails
  await pause(delayMs);
  const pid = host.supervisor.pids()[target];
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  expect(await sync).toMatchObject({ state: 'idle', message: null });
  await asked;
  expect(await answersOf(host.client)).toEqual(undisturbed);
  const copy = path.join(host.dataDir, '..', 'copy');
  await host.supervisor.stop();
  cpSync(host.dataDir, copy, { recursive: true });
  expectNoOrphans(copy);
  await host.stop();
}

async function killSupervisor(delayMs: number): Promise<void> {
  const own = mkdtempSync(path.join(folder, 'run-'));
  const dataDir = path.join(own, 'data');
  cpSync(template, dataDir, { recursive: true });
  const first = startHostProcess(dataDir);
  await first.says(/Ctrl-C ends/); // the sync begins behind this line
  await pause(delayMs);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = startHostProcess(dataDir);
  await second.says(/Synced/);
  const client = await clientOf(await second.link());
  expect(await answersOf(client)).toEqual(undisturbed);
  client.close();
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(second.output()).not.toContain('Sync:');
  expectNoOrphans(dataDir);
  rmSync(own, { recursive: true });
}

async function clientOf(link: string): Promise<RpcClient> {
  const cookie = await logIn(link);
  const { origin } = new URL(link);
  return createRpcClient({
    lanes: [{ roles: ROLES, open: () => connectSocket(origin, cookie) }],
    app: 'test',
    runtime: nodeRuntime,
  });
}

/** Every segment file is one that the catalogue knows, and the other way round; nothing unfinished lies about. */
function expectNoOrphans(dataDir: string): void {
  const reader = openCatalogueReader(dataDir);
  const snapshot = reader.snapshot();
  const known = snapshot
    .environments()
    .flatMap((environment) => DATASETS.map((dataset) => ({ environment, dataset, fromMs: null, toMs: null })))
    .flatMap((filter) => snapshot.segments(filter))
    .map(({ file }) => file);
  snapshot.close();
  reader.close();
  expect(filesBelow(path.join(dataDir, 'segments')).map((file) => `segments/${file}`)).toEqual(known.sort());
  expect(filesBelow(path.join(dataDir, 'tmp'))).toEqual([]);
}

const filesBelow = (parent: string): string[] =>
  (existsSync(parent) ? readdirSync(parent, { recursive: true, withFileTypes: true }) : [])
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(parent, path.join(entry.parentPath, entry.name)))
    .sort();

/** Mulberry32: numbers in [0, 1) that a seed repeats. */
function createRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
