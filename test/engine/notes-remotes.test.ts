import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AnnotationService,
  openAnnotationService,
} from '../../main/engine/annotations/annotation-service.ts';
import type { NotesRemote } from '../../main/engine/annotations/notes-remote.ts';
import { openRemote } from '../../main/engine/annotations/open-remote.ts';
import { tableSql } from '../../main/engine/annotations/table-sql.ts';
import { RemoteConfig } from '../../shared/annotations/remote.ts';
import { type Operation, operationText } from '../../shared/annotations/operation.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ENVIRONMENT, aForeignOperation, aNote, pullOf, pushOf } from '../support/notes/notes-folder.ts';
import { type NotesPlace, startS3Place } from '../support/notes/notes-places.ts';
import { startClickHousePlace, startPostgresPlace } from '../support/notes/table-places.ts';

// Two data folders and one real server between them; what lies in it is read past our own code.

const environment = ENVIRONMENT;
const PLACES = {
  s3: startS3Place,
  postgres: startPostgresPlace,
  clickhouse: startClickHousePlace,
} as const;

describe.each(Object.entries(PLACES))('notes that travel to %s', (_kind, start) => {
  let place: NotesPlace;
  let root: string;
  let proxy: FaultProxy | undefined;
  const opened = new Set<AnnotationService>();

  beforeAll(async () => {
    place = await start(environment);
    for (const [name, value] of Object.entries(place.secrets)) vi.stubEnv(name, value);
    root = mkdtempSync(path.join(tmpdir(), 'tidemark-notes-'));
  });
  afterEach(async () => {
    for (const service of opened) await service.close();
    opened.clear();
    await proxy?.close();
    proxy = undefined;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await place.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function open(name: string, port?: number): Promise<AnnotationService> {
    mkdirSync(path.join(root, name), { recursive: true });
    const service = openAnnotationService(path.join(root, name));
    opened.add(service);
    if (service.remotes().length === 0) {
      const remote = { name: 'Team', environment, config: place.config(port) };
      if (tableSql(RemoteConfig.parse(remote.config)) !== null) await service.makeTable(remote);
      service.addRemote(remote);
    }
    return service;
  }

  it('brings two devices to the same state, with the conflict and its resolution, and holds what was typed', async () => {
    const [ada, bo] = [await open('ada'), await open('bo')];
    ada.setAuthor({ name: 'Ada' });
    bo.setAuthor({ name: 'Bo' });
    const { annotationId } = ada.create(aNote({ body: 'Größe 10 € 👩‍🚀 "quoted" \\ and\nsecond line\u0000' }));
    expect(await pushOf(ada)).toMatchObject({ pushed: { sent: 1, present: 0, refused: 0 } });
    expect(await pullOf(bo)).toMatchObject({ pulled: { kept: 1 } });
    const seen = ada.get(environment, annotationId).body.versions.map(({ opId }) => opId);
    ada.edit({ environment, annotationId, body: 'from Ada', seen: { body: seen } });
    bo.edit({ environment, annotationId, body: 'from Bo', seen: { body: seen } });
    for (const service of [ada, bo, ada]) await pushOf(service);
    for (const service of [ada, bo])
      expect(
        service
          .get(environment, annotationId)
          .body.versions.map(({ text }) => text)
          .sort(),
      ).toEqual(['from Ada', 'from Bo']);
    const both = bo.get(environment, annotationId).body.versions.map(({ opId }) => opId);
    bo.resolve({ environment, annotationId, field: 'body', text: 'from both', seen: both });
    for (const service of [bo, ada]) await pushOf(service);
    const [ofAda, ofBo] = [ada, bo].map((one) => ({ ...one.get(environment, annotationId), isMine: null }));
    expect(ofAda).toEqual(ofBo);
    expect(ofAda).toMatchObject({ sync: 'synced', body: { text: 'from both' } });
    const bodies = (await operations()).map(({ fields }) => (fields as { body: string }).body);
    expect(bodies.sort()).toEqual(
      ['Größe 10 € 👩‍🚀 "quoted" \\ and\nsecond line\u0000', 'from Ada', 'from Bo', 'from both'].sort(),
    );
  });

  const operations = async (): Promise<Operation[]> =>
    (await place.stored())
      .map((text) => JSON.parse(text) as Operation)
      .filter(({ device }) => device !== 'dev_far');

  it('is looked into without writing, and says what is missing', async () => {
    const service = await open('looker');
    const config = RemoteConfig.parse(place.config());
    const before = await place.stored();
    const look = (changed: object) => {
      const remote = { name: 'Look', environment, config: RemoteConfig.parse({ ...config, ...changed }) };
      return service.testRemote(remote, new AbortController().signal);
    };
    const found = await look({});
    expect(found).toMatchObject({ failure: null, isMore: false });
    expect(found.operations).toBe(before.length);
    expect(found.mayWrite).toBe(_kind === 'postgres' ? true : _kind === 's3' ? null : found.mayWrite);
    const missing = await look(config.kind === 's3' ? { bucket: 'not-there' } : { table: 'not_there' });
    expect(missing.failure?.code).toBe(config.kind === 's3' ? 'not-found' : 'schema-drift');
    expect(await place.stored()).toEqual(before);
  });

  it('gets everything again where its place is another one, and nothing where only the name is', async () => {
    const service = await open('mover');
    const [remote] = service.remotes();
    if (remote === undefined) throw new Error('no source');
    service.create(aNote({ title: 'Moves along' }));
    await pushOf(service);
    const { remoteId } = remote;
    await service.updateRemote(remoteId, { name: 'Renamed', config: remote.config });
    expect(service.remotes()[0]).toMatchObject({ name: 'Renamed' });
    expect(service.waitingFor(remoteId)).toEqual({ waiting: 0, refused: 0 });
    const config = RemoteConfig.parse({
      ...remote.config,
      ...(remote.config.kind === 's3' ? { prefix: 'elsewhere/' } : { table: 'elsewhere_ops' }),
    });
    if (tableSql(config) !== null) await service.makeTable({ name: 'Renamed', environment, config });
    await service.updateRemote(remoteId, { name: 'Renamed', config });
    expect(service.waitingFor(remoteId).waiting).toBeGreaterThan(0);
    expect((await pushOf(service)).pushed?.sent).toBeGreaterThan(0);
    expect(service.waitingFor(remoteId).waiting).toBe(0);
    const folder = RemoteConfig.parse({ kind: 'folder', path: root });
    await expect(service.updateRemote(remoteId, { name: 'Renamed', config: folder })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('stores an operation once, although the answer to the upload was lost and the process died', async () => {
    const service = await open('forgetful');
    const { annotationId } = service.create(aNote({ title: 'Sent, and sent again' }));
    const [operation] = service.history(environment, annotationId);
    if (operation === undefined) throw new Error('nothing was written');
    const twin = {
      ...operation,
      fields: { ...operation.fields, title: 'Same id, other words' },
    } as Operation;
    const before = (await place.stored()).length;
    const results = [];
    for (const sent of [operation, operation, twin, operation]) {
      const remote = openRemoteOf('forgetful', service);
      const entry = { sequence: 1, operation: sent, text: operationText(sent) };
      results.push(...(await remote.append([entry], new AbortController().signal)));
      await remote.close();
    }
    expect(results.every(({ isStored }) => isStored)).toBe(true);
    const keys = results.map((result) => (result.isStored ? result.key : ''));
    expect(keys[1]).toBe(keys[0]);
    expect(keys[3]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect((await place.stored()).length - before).toBe(2);
  });

  /** As the service opens it for a sync. */
  function openRemoteOf(name: string, service: AnnotationService): NotesRemote {
    const [remote] = service.remotes();
    if (remote === undefined) throw new Error('no source of notes');
    const { device } = service.identity();
    return openRemote({ dataDir: path.join(root, name), device, wallMs: Date.now }, remote);
  }

  it('waits while nothing answers, says why, and goes on when it does', async () => {
    proxy = await startFaultProxy(place.port, () => ({ kind: 'none' }));
    const { port } = proxy;
    const ada = await open('offline', port);
    await proxy.close();
    const { annotationId } = ada.create(aNote({ title: 'Written on a plane' }));
    await expect(pushOf(ada)).rejects.toMatchObject({ code: 'source-unreachable', retryable: true });
    const [reason] = ada.pending(environment, annotationId);
    expect(reason).toMatchObject({ remote: 'Team', reason: 'retrying', failures: 1 });
    expect(reason?.message).toMatch(/answer/);
    expect(ada.get(environment, annotationId).sync).toBe('pending');
  });

  it('sets aside what is no operation, and takes everything around it', async () => {
    await place.put('01-broken', '{"op_id": "half');
    await place.put(
      '02-future',
      JSON.stringify(aForeignOperation({ op_id: 'future', fields: { schema: 9 } })),
    );
    await place.put('03-kind', JSON.stringify(aForeignOperation({ op_id: 'kind', kind: 'explode' })));
    await place.put(
      '04-elsewhere',
      JSON.stringify({ ...aForeignOperation({ op_id: 'else' }), environment: 'other' }),
    );
    await place.put(
      '05-large',
      JSON.stringify(aForeignOperation({ op_id: 'large', fields: { body: 'x'.repeat(10 * 1024 * 1024) } })),
    );
    await place.put(
      '06-html',
      JSON.stringify(
        aForeignOperation({
          op_id: 'html',
          annotation_id: 'ann_html',
          fields: { title: '<img src=x onerror=alert(1)>' },
        }),
      ),
    );
    await place.put(
      '07-clock',
      JSON.stringify(
        aForeignOperation({
          op_id: 'clock',
          annotation_id: 'ann_clock',
          hlc: '999999999999999-9999-dev_far',
        }),
      ),
    );
    const bo = await open('victim');
    const { pulled } = await pullOf(bo);
    expect(pulled.quarantined).toBe(5);
    expect(pulled.failed).toBe(0);
    expect(
      bo
        .quarantined(10)
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['future-schema', 'not-json', 'other-environment', 'too-large', 'unknown-kind']);
    expect(bo.get(environment, 'ann_html').title.text).toBe('<img src=x onerror=alert(1)>');
    expect(bo.get(environment, 'ann_clock').createdAtMs).toBeNull();
    const mine = bo.create(aNote({ title: 'After the strangers' }));
    await pushOf(bo);
    expect(bo.get(environment, mine.annotationId).sync).toBe('synced');
  });
});
