import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderRemote } from '../../main/engine/annotations/folder-remote.ts';
import { retryDelayMs } from '../../main/engine/annotations/retry.ts';
import { createNotesSchedule } from '../../main/engine/annotations/sync-schedule.ts';
import { diskFiles } from '../../main/engine/store/durable-files.ts';
import { AppError } from '../../shared/errors.ts';
import {
  ENVIRONMENT,
  type NotesFolder,
  aForeignOperation,
  aNote,
  notesFolder,
  pullOf,
  pushOf,
} from '../support/notes/notes-folder.ts';
import { asPlainUser } from '../support/plain-user.ts';

const environment = ENVIRONMENT;
let folder: NotesFolder;
beforeEach(() => {
  folder = notesFolder();
});
afterEach(() => folder.remove());

describe('two devices and a shared folder', () => {
  it('see each other’s notes, the conflict, and its resolution; the files hold what was typed', async () => {
    const [ada, bo] = [folder.open('ada'), folder.open('bo')];
    ada.setAuthor({ name: 'Ada' });
    bo.setAuthor({ name: 'Bo' });
    const { annotationId } = ada.create(aNote());
    expect(await pushOf(ada)).toMatchObject({ pushed: { sent: 1, present: 0, refused: 0 } });
    expect(await pullOf(bo)).toMatchObject({ pulled: { read: 1, kept: 1 }, pushed: null });
    const seen = ada.get(environment, annotationId).body.versions.map(({ opId }) => opId);
    ada.edit({ environment, annotationId, body: 'from Ada', seen: { body: seen } });
    bo.edit({ environment, annotationId, body: 'from Bo', seen: { body: seen } });
    for (const service of [ada, bo, ada]) await pushOf(service);
    for (const service of [ada, bo]) {
      const { body, sync } = service.get(environment, annotationId);
      expect(sync).toBe('conflict');
      expect(body.versions.map(({ text, author }) => `${author}: ${text}`).sort()).toEqual([
        'Ada: from Ada',
        'Bo: from Bo',
      ]);
    }
    const both = bo.get(environment, annotationId).body.versions.map(({ opId }) => opId);
    bo.resolve({ environment, annotationId, field: 'body', text: 'from both', seen: both });
    for (const service of [bo, ada]) await pushOf(service);
    expect(ada.get(environment, annotationId)).toMatchObject({ sync: 'synced', body: { text: 'from both' } });
    expect({ ...ada.get(environment, annotationId), isMine: null }).toEqual({
      ...bo.get(environment, annotationId),
      isMine: null,
    });
    const keys = folder.keys();
    expect(keys).toHaveLength(4);
    for (const key of keys) expect(key).toMatch(/^dev_[0-9a-f]{12}\/00000[12]-[0-9a-f-]{36}\.json$/);
    expect(keys.map((key) => (folder.stored(key).fields as { body: string }).body).sort()).toEqual(
      [aNote().body, 'from Ada', 'from Bo', 'from both'].sort(),
    );
    expect(Object.keys(folder.stored(keys[0]!))).toEqual([
      'op_id',
      'annotation_id',
      'kind',
      'fields',
      'hlc',
      'device',
      'author',
    ]);
  });

  it('send what was written before there was a source', async () => {
    const ada = folder.open('ada');
    await ada.removeRemote(ada.remotes()[0]!.remoteId);
    const { annotationId } = ada.create(aNote());
    expect(ada.pending(environment)).toMatchObject([{ annotationId, remote: null, reason: 'no-remote' }]);
    expect(ada.get(environment, annotationId).sync).toBe('pending');
    ada.addRemote({ name: 'Later', environment, config: { kind: 'folder', path: folder.sharedDir } });
    expect(ada.pending(environment)).toMatchObject([
      { annotationId, remote: 'Later', reason: 'first-attempt' },
    ]);
    await pushOf(ada);
    expect(ada.pending(environment)).toEqual([]);
    expect(ada.get(environment, annotationId).sync).toBe('synced');
  });

  it('read an operation once, and a file again that was only half there', async () => {
    const ada = folder.open('ada');
    folder.put('dev_far/000001-half.json', '{"op_id":"0b0e7c55');
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 1, kept: 0, quarantined: 1 } });
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 0 } });
    folder.put('dev_far/000001-half.json', JSON.stringify(aForeignOperation()));
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 1, kept: 1 } });
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 0 } });
    expect(ada.list({ environment })).toHaveLength(1);
  });
});

describe('a folder whose files have come to rest', () => {
  const HOUR_MS = 3_600_000;
  const list = async (nowMs: number, cursor: string | null) => {
    const remote = createFolderRemote({
      root: folder.sharedDir,
      environment,
      device: 'dev_own',
      nowMs: () => nowMs,
    });
    const keys: string[] = [];
    let next: string | null = null;
    for await (const page of remote.list(cursor, AbortSignal.timeout(20_000))) {
      keys.push(...page.objects.map(({ key }) => key));
      next = page.cursor;
    }
    return { keys: keys.sort(), next };
  };

  it('is looked through once, until a name comes or goes, and wholly where nothing is given', async () => {
    folder.put('dev_a/000001-one.json', '{}');
    folder.put('dev_b/000001-two.json', '{}');
    const later = Date.now() + 2 * HOUR_MS;
    const first = await list(later, null);
    expect(first.keys).toEqual(['dev_a/000001-one.json', 'dev_b/000001-two.json']);
    expect((await list(later, first.next)).keys).toEqual([]);
    folder.put('dev_b/000002-three.json', '{}');
    folder.put('dev_c/000001-four.json', '{}');
    const second = await list(later, first.next);
    expect(second.keys).toEqual([
      'dev_b/000001-two.json',
      'dev_b/000002-three.json',
      'dev_c/000001-four.json',
    ]);
    expect((await list(later, second.next)).keys).toEqual([]);
    expect((await list(later, null)).keys).toHaveLength(4);
  });

  it('is looked through again while a file is young: it may only be half there', async () => {
    folder.put('dev_a/000001-half.json', '{');
    const now = Date.now() + HOUR_MS / 2;
    const { next } = await list(now, null);
    expect((await list(now, next)).keys).toEqual(['dev_a/000001-half.json']);
  });
});

describe('what lies in a source and is no honest operation', () => {
  const hostile: [string, string | Uint8Array, string][] = [
    ['bad JSON', '{"op_id": ', 'not-json'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0xfe, 0x22), 'not-json'],
    ['empty', '', 'not-json'],
    ['a list', '[]', 'not-an-operation'],
    ['an unknown kind', JSON.stringify(aForeignOperation({ kind: 'explode' })), 'unknown-kind'],
    ['a future schema', JSON.stringify(aForeignOperation({ fields: { schema: 2 } })), 'future-schema'],
    ['wrong types', JSON.stringify(aForeignOperation({ fields: { body: 7 } })), 'not-an-operation'],
    ['too deep', `{"op_id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'too-deep'],
    ['10 MB', JSON.stringify(aForeignOperation({ fields: { body: 'x'.repeat(10 << 20) } })), 'too-large'],
    ['another environment', JSON.stringify(aForeignOperation({ environment: 'prod' })), 'other-environment'],
  ];

  it('goes into quarantine with its reason, and keeps nothing else away', async () => {
    const ada = folder.open('ada');
    hostile.forEach(([name, content], index) => folder.put(`dev_far/00000${index}-${name}.json`, content));
    folder.put('dev_far/zzz.json', JSON.stringify(aForeignOperation()));
    expect(await pullOf(ada)).toMatchObject({
      pulled: { read: 11, kept: 1, quarantined: hostile.length, failed: 0 },
    });
    const found = new Map(ada.quarantined(100).map(({ place, ...rest }) => [path.basename(place), rest]));
    for (const [index, [name, content, reason]] of hostile.entries()) {
      const row = found.get(`00000${index}-${name}.json`);
      expect([name, row?.reason]).toEqual([name, reason]);
      const copy = reason === 'too-large' ? null : Buffer.from(content).toString();
      expect(row?.content).toBe(copy);
    }
    expect(ada.list({ environment }).map(({ title }) => title.text)).toEqual(['From elsewhere']);
    expect(ada.counts(environment).quarantined).toBe(hostile.length);
    expect(folder.keys()).toHaveLength(11); // and all of it still lies in the source
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 0 } });
  });

  it('is text where it is text: markup and formulas stay what was typed', async () => {
    const ada = folder.open('ada');
    const body = '<img src=x onerror=alert(1)> <a href="javascript:alert(1)">x</a> =cmd|calc';
    folder.put(
      'dev_far/1.json',
      JSON.stringify(aForeignOperation({ fields: { title: body, body, __proto__: null } })),
    );
    await pullOf(ada);
    expect(ada.list({ environment })).toMatchObject([{ title: { text: body }, body: { text: body } }]);
  });

  it('does not move the clock of this device, however absurd its own', async () => {
    const ada = folder.open('ada');
    for (const [index, hlc] of [
      '999999999999999-9999-x',
      '007258118399999-9999-x',
      '000000000000000-0000-x',
    ].entries())
      folder.put(
        `far/${index}.json`,
        JSON.stringify(aForeignOperation({ op_id: `op-${index}`, annotation_id: `ann-${index}`, hlc })),
      );
    expect(await pullOf(ada)).toMatchObject({ pulled: { kept: 3 } });
    const { createdAtMs } = ada.create(aNote());
    expect(createdAtMs).toBe(Date.parse('2026-11-19T13:32:00Z'));
    const answered = ada.setStatus({ environment, annotationId: 'ann-1', status: 'outcome' });
    expect(answered.status).toBe('outcome');
  });

  it('is taken in once a version of the program understands it', async () => {
    const ada = folder.open('ada');
    folder.put('far/1.json', JSON.stringify(aForeignOperation({ kind: 'explode' })));
    await pullOf(ada);
    await ada.close();
    const file = path.join(folder.dataDir('ada'), 'notes.sqlite');
    const { default: SqliteDatabase } = await import('better-sqlite3');
    const db = new SqliteDatabase(file);
    db.prepare('UPDATE quarantine SET content = ?').run(Buffer.from(JSON.stringify(aForeignOperation())));
    db.close();
    const later = folder.open('ada');
    expect(later.list({ environment })).toHaveLength(1);
    expect(later.quarantined(10)).toEqual([]);
  });

  it('is never reached through links, and hidden or other files are left alone', async () => {
    const ada = folder.open('ada');
    folder.put('far/note.txt', 'not ours');
    folder.put('far/.hidden.json', '{}');
    folder.put('far/deeper/1.json', JSON.stringify(aForeignOperation()));
    writeFileSync(path.join(folder.sharedDir, 'secret.json'), JSON.stringify(aForeignOperation()));
    symlinkSync(
      path.join(folder.sharedDir, 'secret.json'),
      path.join(folder.sharedDir, 'annotations', environment, 'ops', 'far', 'link.json'),
    );
    expect(await pullOf(ada)).toMatchObject({ pulled: { read: 0 } });
  });
});

describe('a source that fails', () => {
  it('says why operations wait, and when they are tried again', async () => {
    const ada = folder.open('ada');
    const { annotationId } = ada.create(aNote());
    renameSync(folder.sharedDir, `${folder.sharedDir}-away`);
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(pushOf(ada)).rejects.toMatchObject({ code: 'source-unreachable', retryable: true });
    const nowMs = Date.parse('2026-11-19T13:32:00Z');
    expect(ada.pending(environment, annotationId)).toEqual([
      {
        opId: expect.any(String) as string,
        annotationId,
        kind: 'create',
        remote: 'Shared',
        reason: 'retrying',
        failures: 3,
        nextAttemptAtMs: nowMs + retryDelayMs(3, () => 0.5),
        message: `the folder ${folder.sharedDir} is not there; is its disk connected?`,
      },
    ]);
    renameSync(`${folder.sharedDir}-away`, folder.sharedDir);
    await pushOf(ada);
    expect(ada.pending(environment)).toEqual([]);
    expect(ada.remotes()[0]).toMatchObject({ failures: 0, nextAttemptAtMs: null, lastFailure: null });
  });

  it('waits longer each time, up to a quarter of an hour, and never in step with others', () => {
    const waits = [1, 2, 3, 4, 20, 2_000].map((failures) => retryDelayMs(failures, () => 0.999));
    expect(waits.map((ms) => Math.round(ms / 1_000))).toEqual([2, 4, 8, 16, 900, 900]);
    expect(retryDelayMs(1, () => 0)).toBe(1_000);
  });

  it('lets what is refused stand aside, and sends the rest', async () => {
    const refusing = folder.open('ada', {
      openRemote: (notes) => {
        const remote = createFolderRemote({ root: folder.sharedDir, environment, device: notes.device });
        const append: typeof remote.append = async (entries, signal) => {
          const [first, ...rest] = entries;
          const refusal = new AppError('too-large', 'the source takes no more than it takes');
          return [
            ...(first === undefined ? [] : [{ isStored: false as const, refusal }]),
            ...(await remote.append(rest, signal)),
          ];
        };
        return { ...remote, append };
      },
    });
    const first = refusing.create(aNote());
    const second = refusing.create(aNote());
    const { remoteId } = refusing.remotes()[0]!;
    expect(await refusing.push(remoteId)).toMatchObject({ pushed: { sent: 1, refused: 1 } });
    expect(refusing.pending(environment)).toMatchObject([
      {
        annotationId: first.annotationId,
        reason: 'refused',
        message: 'the source takes no more than it takes',
      },
    ]);
    expect(refusing.get(environment, second.annotationId).sync).toBe('synced');
    expect(await refusing.push(remoteId)).toMatchObject({ pushed: { sent: 0, refused: 0 } });
    await refusing.close();
    const plain = folder.open('ada');
    plain.retryRefused(remoteId);
    expect(await pushOf(plain)).toMatchObject({ pushed: { sent: 1 } });
  });

  it('keeps everything where its disk is full, and leaves no half operation behind', async () => {
    let isFull = true;
    const ada = folder.open('ada', {
      openRemote: (notes) =>
        createFolderRemote({
          root: folder.sharedDir,
          environment,
          device: notes.device,
          files: {
            ...diskFiles,
            async write(file, bytes) {
              await diskFiles.write(file, isFull ? bytes.subarray(0, 10) : bytes);
              if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
            },
          },
        }),
    });
    ada.create(aNote());
    await expect(pushOf(ada)).rejects.toMatchObject({ code: 'disk-full' });
    expect(folder.keys().every((key) => path.basename(key).startsWith('.'))).toBe(true);
    isFull = false;
    await pushOf(ada);
    expect(folder.keys().filter((key) => key.endsWith('.json'))).toHaveLength(1);
    expect(folder.keys()).toHaveLength(1);
  });

  it('reads the rest where one file cannot be read, and that one when it can', async () => {
    const ada = folder.open('ada');
    folder.put('far/1.json', JSON.stringify(aForeignOperation()));
    folder.put('far/2.json', JSON.stringify(aForeignOperation({ op_id: 'op-2', annotation_id: 'ann_2' })));
    const file = path.join(folder.sharedDir, 'annotations', environment, 'ops', 'far', '1.json');
    chmodSync(file, 0);
    await asPlainUser(path.dirname(folder.sharedDir), async () => {
      expect(await pullOf(ada)).toMatchObject({ pulled: { kept: 1, failed: 1 } });
      chmodSync(file, 0o600);
      expect(await pullOf(ada)).toMatchObject({ pulled: { kept: 1, failed: 0 } });
    });
  });

  it('stops when told to, keeps what it has, and closes cleanly in the middle of a sync', async () => {
    const ada = folder.open('ada');
    for (let n = 0; n < 60; n++)
      folder.put(
        `far/${n}.json`,
        JSON.stringify(aForeignOperation({ op_id: `op-${n}`, annotation_id: `ann_${n}` })),
      );
    const stop = new AbortController();
    stop.abort();
    const { remoteId } = ada.remotes()[0]!;
    await expect(ada.push(remoteId, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(ada.remotes()[0]).toMatchObject({ failures: 0 });
    const running = ada.push(remoteId).catch((error: unknown) => error);
    await expect(ada.push(remoteId)).rejects.toMatchObject({ code: 'conflict' });
    await ada.close();
    expect(await running).toMatchObject({ code: 'cancelled' });
    const again = folder.open('ada');
    await pullOf(again);
    expect(again.list({ environment })).toHaveLength(60);
  });
});

describe('an upload that was cut off', () => {
  it('is sent again without a second copy', async () => {
    const ada = folder.open('ada', {
      openRemote: (notes) => {
        const remote = createFolderRemote({ root: folder.sharedDir, environment, device: notes.device });
        const append: typeof remote.append = async (entries, signal) => {
          await remote.append(entries, signal);
          throw new AppError('source-unreachable', 'the answer was lost');
        };
        return { ...remote, append };
      },
    });
    ada.create(aNote());
    await expect(pushOf(ada)).rejects.toMatchObject({ code: 'source-unreachable' });
    await ada.close();
    const again = folder.open('ada');
    await pushOf(again);
    expect(again.pending(environment)).toEqual([]);
    expect(folder.keys()).toHaveLength(1);
  });

  it('replaces a file of its own that lost its content, and no other', async () => {
    const ada = folder.open('ada');
    const remote = createFolderRemote({ root: folder.sharedDir, environment, device: ada.identity().device });
    const { annotationId } = ada.create(aNote());
    const [operation] = ada.history(environment, annotationId);
    const entry = { sequence: 1, operation: operation!, text: JSON.stringify(operation) };
    const key = `${ada.identity().device}/000001-${operation!.op_id}.json`;
    folder.put(key, '');
    expect(await remote.append([entry], AbortSignal.timeout(5_000))).toMatchObject([{ isStored: true, key }]);
    expect(folder.stored(key)).toEqual(operation);
    const again = createFolderRemote({ root: folder.sharedDir, environment, device: ada.identity().device });
    expect(await again.append([{ ...entry, sequence: 9 }], AbortSignal.timeout(5_000))).toMatchObject([
      { key },
    ]);
    expect(folder.keys()).toEqual([key]);
  });

  it('is not kept away by a stranger’s operation under its id, whichever place that has', async () => {
    const ada = folder.open('ada');
    const { device } = ada.identity();
    const { annotationId } = ada.create(aNote({ body: 'what Ada typed' }));
    const [operation] = ada.history(environment, annotationId);
    const twin = { ...operation, fields: { body: 'a stranger’s' } };
    folder.put(`${device}/000001-${operation!.op_id}.json`, JSON.stringify(twin));
    folder.put(`far/000001-${operation!.op_id}.json`, JSON.stringify(twin));
    expect(await pushOf(ada)).toMatchObject({ pushed: { sent: 1, present: 0 } });
    expect(folder.keys()).toHaveLength(3);
    const bo = folder.open('bo');
    await pullOf(bo);
    expect(
      bo
        .get(environment, annotationId)
        .body.versions.map(({ text }) => text)
        .sort(),
    ).toEqual(['a stranger’s', 'what Ada typed']);
  });

  it('tells who listens that notes have arrived at the source', async () => {
    const heard: string[][] = [];
    const ada = folder.open('ada', { onChanged: ({ annotationIds }) => heard.push(annotationIds) });
    const { annotationId } = ada.create(aNote());
    await pushOf(ada);
    expect(heard).toEqual([[annotationId], [annotationId]]);
  });

  it('goes on behind its own sequence after an old backup came back', async () => {
    const ada = folder.open('ada');
    ada.create(aNote({ title: 'one' }));
    await ada.close();
    const file = path.join(folder.dataDir('ada'), 'notes.sqlite');
    const backup = readFileSync(file);
    const now = folder.open('ada');
    await pushOf(now);
    now.create(aNote({ title: 'two' }));
    await pushOf(now);
    await now.close();
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    writeFileSync(file, backup);
    const restored = folder.open('ada');
    restored.create(aNote({ title: 'three' }));
    await pushOf(restored);
    expect(
      restored
        .list({ environment })
        .map(({ title }) => title.text)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
    restored.create(aNote({ title: 'four' }));
    await pushOf(restored);
    const sequences = folder.keys().map((key) => path.basename(key).slice(0, 6));
    expect(sequences).toHaveLength(4);
    expect(sequences.at(-1)).toBe('000003');
    const bo = folder.open('bo');
    await pullOf(bo);
    expect(bo.list({ environment })).toHaveLength(4);
  });
});

describe('the schedule', () => {
  it('sends soon after a note, pulls every few minutes, and waits after a failure unless given a hint', async () => {
    const timers: { callback: () => void; delayMs: number }[] = [];
    const runtime = {
      startTimer: (callback: () => void, delayMs: number) => {
        const timer = { callback, delayMs };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), 1);
      },
    };
    const fire = async (): Promise<number> => {
      const timer = timers.pop()!;
      timer.callback();
      await new Promise((resolve) => setTimeout(resolve, 0));
      return timer.delayMs;
    };
    let nextAttemptAtMs: number | null = null;
    let pushes = 0;
    const service = {
      remotes: () => [{ remoteId: 1, nextAttemptAtMs }] as never,
      push: () => {
        pushes++;
        return nextAttemptAtMs === null ? Promise.resolve({} as never) : Promise.reject(new Error('down'));
      },
    };
    const schedule = createNotesSchedule({ service, runtime, wallMs: () => 0 });
    expect(await fire()).toBe(1_000);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([300_000]);
    schedule.wake();
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([1_000]);
    nextAttemptAtMs = 8_000;
    await fire();
    expect([pushes, timers.map(({ delayMs }) => delayMs)]).toEqual([1, [8_000]]);
    schedule.hint();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([pushes, timers.length]).toEqual([2, 1]);
    await schedule.stop();
    schedule.hint();
    expect([pushes, timers.length]).toEqual([2, 0]);
  });
});

it('keeps an odd name of an environment inside the folder', async () => {
  const odd = '../../x/é';
  const ada = folder.open('ada');
  mkdirSync(path.join(folder.sharedDir, 'safe'));
  const root = path.join(folder.sharedDir, 'safe');
  const remoteId = ada.addRemote({ name: 'Odd', environment: odd, config: { kind: 'folder', path: root } });
  ada.create(aNote({ environment: odd }));
  expect(await ada.push(remoteId)).toMatchObject({ pushed: { sent: 1 } });
  expect(folder.keys()).toEqual([]);
  await expect(ada.pull(remoteId)).resolves.toMatchObject({ pulled: { read: 0 } });
});
