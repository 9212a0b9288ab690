// Ten thousand annotations: read, fold, filter, save and sync, on a real disk.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import {
  openAnnotationService,
  type AnnotationService,
} from '../../main/engine/annotations/annotation-service.ts';
import { annotationHandlers } from '../../main/engine/annotations/annotation-handlers.ts';
import { METHODS } from '../../shared/rpc/methods.ts';
import { createFoldedLog } from '../../shared/annotations/fold-log.ts';
import { foldOperations } from '../../shared/annotations/fold.ts';
import { type Operation, operationText } from '../../shared/annotations/operation.ts';

const ANNOTATIONS = 10_000;
const DEVICES = 8;
const SAVES = 200;
const ENVIRONMENT = 'bench';
const VIEW_BUDGET_MS = 150; // any view, question to painted chart (ARCHITECTURE, warm)
const COLD_BUDGET_MS = 600; // the same, cold

const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-notes-'));
process.stdout.write(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}\n`);
try {
  const operations = operationsOf();
  process.stdout.write(`${ANNOTATIONS} annotations, ${operations.length} operations of ${DEVICES} devices\n`);
  measureFold(operations);
  writeShared(operations);
  await measureSync();
  await measureService();
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Half of them with a reply, a fifth edited, one in fifty in conflict. */
function operationsOf(): Operation[] {
  const operations: Operation[] = [];
  for (let n = 0; n < ANNOTATIONS; n++) {
    const first = operationOf(n, 0, 'create', {
      target: {
        view: n % 3 === 0 ? 'masters' : 'practices',
        metric: 'capture_rate',
        filters: [],
        breakdown: null,
      },
      anchor: { kind: 'instant', at: '2026-11-12T00:00:00.000Z' },
      title: `Note ${n}`,
      body: `What people found out about the number, at some length, in note ${n}. `.repeat(3),
      tags: [`tag ${n % 40}`],
      status: 'note',
    });
    operations.push(first);
    const saw = { body: [first.op_id] };
    if (n % 2 === 0) operations.push(operationOf(n, 1, 'reply', { body: `A reply to note ${n}.` }));
    if (n % 5 === 0) operations.push(operationOf(n, 2, 'edit', { body: `Edited ${n}`, saw }));
    if (n % 50 === 0) operations.push(operationOf(n, 3, 'edit', { body: `Also edited ${n}`, saw }));
  }
  return operations;
}

function operationOf(n: number, part: number, kind: Operation['kind'], fields: object): Operation {
  const device = `dev_${(n + part) % DEVICES}`;
  const id = `${String(n).padStart(8, '0')}-0000-4000-8000-${String(part).padStart(12, '0')}`;
  const hlc = `${String(1_790_000_000_000 + n * 1_000 + part).padStart(15, '0')}-0000-${device}`;
  return { op_id: id, annotation_id: `ann_${n}`, kind, fields, hlc, device, author: 'Ada' } as Operation;
}

function measureFold(operations: readonly Operation[]): void {
  report(
    'fold all',
    times(10, () => void foldOperations(operations)),
  );
  const log = createFoldedLog();
  log.add(operations);
  log.all();
  let at = 0;
  report(
    'one more operation, folded',
    times(1_000, () => {
      const operation = operationOf(at % ANNOTATIONS, 9 + at, 'reply', { body: 'one more' });
      at++;
      for (const id of log.add([operation])) log.get(id);
    }),
    1,
  );
}

function writeShared(operations: readonly Operation[]): void {
  const ops = path.join(root, 'shared', 'annotations', ENVIRONMENT, 'ops');
  for (let device = 0; device < DEVICES; device++)
    mkdirSync(path.join(ops, `dev_${device}`), { recursive: true });
  for (const [index, operation] of operations.entries()) {
    const name = `${String(index).padStart(6, '0')}-${operation.op_id}.json`;
    writeFileSync(path.join(ops, operation.device, name), operationText(operation));
  }
}

async function measureSync(): Promise<void> {
  const service = open('a');
  service.addRemote({
    name: 'Shared',
    environment: ENVIRONMENT,
    config: { kind: 'folder', path: path.join(root, 'shared') },
  });
  report('pull all from a folder', [await timed(() => service.pull(1))]);
  report('pull nothing new, files just written', await pulls(service, 5));
  letFilesRest();
  await service.pull(1);
  report('pull nothing new', await pulls(service, 20), VIEW_BUDGET_MS);
  await service.close();
}

async function pulls(service: AnnotationService, count: number): Promise<number[]> {
  const elapsed: number[] = [];
  for (let n = 0; n < count; n++) elapsed.push(await timed(() => service.pull(1)));
  return elapsed;
}

function letFilesRest(): void {
  const yesterdaySeconds = Date.now() / 1_000 - 86_400;
  const shared = path.join(root, 'shared');
  for (const name of readdirSync(shared, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.json')) utimesSync(path.join(shared, name), yesterdaySeconds, yesterdaySeconds);
}

async function measureService(): Promise<void> {
  const opened: number[] = [];
  const processor: number[] = []; // says more than the wall on a busy machine
  for (let n = 0; n < 5; n++) {
    const startedMs = performance.now();
    const before = process.cpuUsage();
    const service = open('a');
    service.list({ environment: ENVIRONMENT, view: 'masters' });
    opened.push(performance.now() - startedMs);
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1_000);
    await service.close();
  }
  report('open the file and list a view', opened, COLD_BUDGET_MS);
  report('the same, processor time', processor);
  const service = open('a');
  const list = (filter: object) =>
    times(50, () => void service.list({ environment: ENVIRONMENT, ...filter }));
  list({});
  report('list everything', list({}), VIEW_BUDGET_MS);
  report('list one view', list({ view: 'masters' }), VIEW_BUDGET_MS);
  report(
    'list by tag, status and text',
    list({ tags: ['tag 7'], status: 'note', contains: 'length' }),
    VIEW_BUDGET_MS,
  );
  report('list conflicts', list({ show: 'conflict' }), VIEW_BUDGET_MS);
  report(
    'counts for the status bar',
    times(50, () => void service.counts(ENVIRONMENT)),
    VIEW_BUDGET_MS,
  );
  measureView(service);
  report('save a note, on the disk', saves(service), 50);
  report('push the saved notes', [await timed(() => service.push(1))]);
  await service.close();
}

/** What a view and its panel ask when they open, checked as on the wire by both ends, and as JSON text. */
function measureView(service: AnnotationService): void {
  const handlers = annotationHandlers(() => ({ service, wake: () => undefined }));
  const asked = {
    'pins of a view': {
      method: 'query.annotations.pins',
      params: { environment: ENVIRONMENT, view: 'practices', from: '2026-10-23', to: '2026-11-19' },
    },
    'first page of the panel with its counts': {
      method: 'query.annotations',
      params: { environment: ENVIRONMENT, view: 'practices', limit: 30 },
    },
    'the same, filtered by tag, status and text': {
      method: 'query.annotations',
      params: { environment: ENVIRONMENT, limit: 30, tags: ['tag 7'], status: 'note', contains: 'length' },
    },
  } as const;
  for (const [what, { method, params }] of Object.entries(asked)) {
    const handler = handlers[method] as (checked: unknown) => unknown;
    const { params: wanted, result } = METHODS[method];
    let sizeBytes = 0;
    const ask = (): void => {
      const text = JSON.stringify(result.parse(handler(wanted.parse(params))));
      result.parse(JSON.parse(text));
      sizeBytes = text.length;
    };
    ask();
    const before = process.cpuUsage();
    const elapsed = times(30, ask);
    const { user, system } = process.cpuUsage(before);
    report(`${what} (${Math.round(sizeBytes / 1024)} KiB)`, elapsed);
    report(`${what}, processor time`, [(user + system) / 1_000 / elapsed.length], VIEW_BUDGET_MS);
  }
}

function saves(service: AnnotationService): number[] {
  const target = { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null };
  return times(SAVES, () =>
    service.create({
      environment: ENVIRONMENT,
      target,
      anchor: { kind: 'view' },
      title: 'Saved',
      body: 'Now.',
    }),
  );
}

function open(name: string): AnnotationService {
  mkdirSync(path.join(root, name), { recursive: true });
  return openAnnotationService(path.join(root, name));
}

function times(count: number, work: () => void): number[] {
  return Array.from({ length: count }, () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function report(what: string, elapsed: readonly number[], budgetMs?: number): void {
  const sorted = [...elapsed].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const isOver = budgetMs !== undefined && at(0.95) > budgetMs;
  if (isOver) process.exitCode = 1;
  const budget = budgetMs === undefined ? '' : `, budget ${budgetMs} ms${isOver ? ' — OVER' : ''}`;
  process.stdout.write(
    `${what}: p50 ${at(0.5).toFixed(2)} ms, p95 ${at(0.95).toFixed(2)} ms (n ${sorted.length}${budget})\n`,
  );
}
