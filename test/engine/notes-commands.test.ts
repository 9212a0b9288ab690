import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotesReadDb } from '../../main/catalogue/notes/open-notes-db.ts';
import { migrateNotes } from '../../main/catalogue/notes/migrate-notes.ts';
import type { AnnotationService } from '../../main/engine/annotations/annotation-service.ts';
import { createLogRows } from '../../main/engine/annotations/log-rows.ts';
import type { NotesChange } from '../../main/engine/annotations/notes-store.ts';
import { ENVIRONMENT, type NotesFolder, aNote, notesFolder } from '../support/notes/notes-folder.ts';

const SNAPSHOT = path.join(import.meta.dirname, 'notes-schema.sql');
const environment = ENVIRONMENT;

let folder: NotesFolder;
let notes: AnnotationService;
let changes: NotesChange[];
beforeEach(() => {
  folder = notesFolder();
  changes = [];
  notes = folder.open('a', { onChanged: (change) => changes.push(change) });
});
afterEach(() => folder.remove());

const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};
const seenBody = (id: string): string[] => notes.get(environment, id).body.versions.map(({ opId }) => opId);
const editBody = (annotationId: string, body: string, seen = seenBody(annotationId)) =>
  notes.edit({ environment, annotationId, body, seen: { body: seen } });

describe('notes.sqlite', () => {
  it('has the schema that is checked in; write it anew with TIDEMARK_UPDATE=1 when a migration is added', () => {
    const db = new SqliteDatabase(':memory:');
    migrateNotes(db);
    const statements = db
      .prepare<[], { sql: string }>(
        'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name',
      )
      .all();
    const schema = `-- user_version ${String(db.pragma('user_version', { simple: true }))}\n${statements.map(({ sql }) => `${sql};\n`).join('')}`;
    db.close();
    if (process.env['TIDEMARK_UPDATE'] === '1') writeFileSync(SNAPSHOT, schema);
    expect(schema).toBe(readFileSync(SNAPSHOT, 'utf8'));
    expect(
      statements.filter(({ sql }) => sql.startsWith('CREATE TABLE') && !/\)\s*STRICT/.test(sql)),
    ).toEqual([]);
  });

  it('is read from one end to the other, without sorting it anew for every page', () => {
    const db = new SqliteDatabase(path.join(folder.dataDir('a'), 'notes.sqlite'));
    const sources: string[] = [];
    const prepare = (source: string) => (sources.push(source), db.prepare(source));
    createLogRows({ prepare } as unknown as NotesReadDb);
    const page = sources.find((source) => source.includes('LIMIT'));
    const plan = db
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${page ?? ''}`)
      .all('test', 0, 1)
      .map(({ detail }) => detail);
    db.close();
    expect(plan).toEqual(['SEARCH operations USING INTEGER PRIMARY KEY (rowid>?)']);
  });

  it('refuses to change or to forget an operation, whoever asks', () => {
    notes.create(aNote());
    const db = new SqliteDatabase(path.join(folder.dataDir('a'), 'notes.sqlite'));
    expect(() => db.exec(`UPDATE operations SET fields = '{"body":"other"}'`)).toThrow('never changes');
    expect(() => db.exec('DELETE FROM operations')).toThrow('only grows');
    db.close();
  });

  it('refuses a file of a newer version, and says what to do with a damaged one', async () => {
    await notes.close();
    const file = path.join(folder.dataDir('a'), 'notes.sqlite');
    const db = new SqliteDatabase(file);
    db.pragma('user_version = 99');
    db.close();
    expect(codeOf(() => folder.open('a'))).toBe('protocol-mismatch');
    writeFileSync(file, 'no database at all, but long enough to be looked at by SQLite. '.repeat(50));
    expect(() => folder.open('a')).toThrow(/notes\.sqlite are damaged; restore the file from a backup/);
  });
});

describe('commands', () => {
  it('write what was typed, to the letter, with target, anchor and the value discussed', () => {
    notes.setAuthor({ name: 'Ada' });
    const discussed = {
      value: 0.823,
      interval: [0.815, 0.831] as [number, number],
      n: 2610,
      measured_at: '2026-11-19T13:00:00Z',
    };
    const body = '<script>alert(1)</script> =SUM(A1) 😀 \u0000 end\n\tline';
    const view = notes.create(aNote({ body, tags: ['release 4.18'], discussed }));
    expect(view).toMatchObject({
      author: 'Ada',
      device: notes.identity().device,
      discussed,
      anchor: { kind: 'range' },
      tags: ['release 4.18'],
      status: 'note',
      sync: 'pending',
      isMine: true,
      body: { text: body, isConflict: false },
    });
    expect(changes).toEqual([{ environment, annotationIds: [view.annotationId] }]);
  });

  it('survive a restart, with device, author and clock', async () => {
    notes.setAuthor({ name: 'Ada' });
    const { annotationId } = notes.create(aNote());
    notes.reply({ environment, annotationId, body: 'and more' });
    const before = notes.get(environment, annotationId);
    const identity = notes.identity();
    await notes.close();
    notes = folder.open('a', { wallMs: () => 0 }); // its clock was reset meanwhile
    expect(notes.identity()).toEqual(identity);
    expect(notes.get(environment, annotationId)).toEqual(before);
    const after = notes.setStatus({ environment, annotationId, status: 'action' });
    expect(after.status).toBe('action');
    const clocks = notes.history(environment, annotationId).map(({ hlc }) => hlc);
    expect(clocks).toEqual([...clocks].sort());
  });

  it('do the same once where they come twice', () => {
    const opId = '5f0e7c55-1111-4222-8333-123456789abc';
    const first = notes.create(aNote({ opId }));
    expect(notes.create(aNote({ opId }))).toEqual(first);
    const { annotationId } = first;
    const reply = { environment, annotationId, body: 'once', opId: '6f0e7c55-1111-4222-8333-123456789abc' };
    notes.reply(reply);
    expect(notes.reply(reply).replies).toHaveLength(1);
    expect(codeOf(() => notes.setStatus({ environment, annotationId, status: 'action', opId }))).toBe(
      'conflict',
    );
    const undo = { environment, undoes: reply.opId, opId: '7f0e7c55-1111-4222-8333-123456789abc' };
    expect(notes.undo(undo)).toEqual(notes.undo(undo));
    expect(notes.history(environment, annotationId)).toHaveLength(3);
  });

  it('keep both texts where a window was behind, and resolve them', () => {
    const { annotationId } = notes.create(aNote());
    const seen = seenBody(annotationId);
    editBody(annotationId, 'one', seen);
    const both = editBody(annotationId, 'two', seen);
    expect(both).toMatchObject({ sync: 'conflict', body: { isConflict: true, base: aNote().body } });
    const resolved = notes.resolve({
      environment,
      annotationId,
      field: 'body',
      text: 'one and two',
      seen: seenBody(annotationId),
    });
    expect(resolved).toMatchObject({ hasConflict: false, body: { text: 'one and two' } });
  });

  it('walk from note to action to outcome', () => {
    const { annotationId } = notes.create(aNote());
    const actionAt = '2026-11-14T08:00:00Z';
    expect(notes.setStatus({ environment, annotationId, status: 'action', actionAt })).toMatchObject({
      status: 'action',
      actionAt,
    });
    expect(notes.setStatus({ environment, annotationId, status: 'outcome' })).toMatchObject({
      status: 'outcome',
      actionAt,
    });
  });

  it('take back what they did, and only while nobody changed it since', () => {
    const { annotationId } = notes.create(aNote());
    const last = (): string => notes.history(environment, annotationId).at(-1)!.op_id;
    const undo = () => notes.undo({ environment, undoes: last() });
    notes.edit({
      environment,
      annotationId,
      tags: ['x'],
      body: 'new',
      seen: { body: seenBody(annotationId) },
    });
    const edit = last();
    expect(undo()).toMatchObject({ tags: [], body: { text: aNote().body, isConflict: false } });
    expect(codeOf(() => notes.undo({ environment, undoes: edit }))).toBe('conflict');
    notes.delete({ environment, annotationId });
    expect(notes.list({ environment })).toEqual([]);
    expect(undo()).toMatchObject({ isHidden: false });
    expect(undo()).toMatchObject({ isHidden: true });
    notes.restore({ environment, annotationId });
    const { replies } = notes.reply({ environment, annotationId, body: 'reply' });
    const replyId = replies[0]!.replyId;
    notes.edit({ environment, annotationId, replyId, body: 'changed', seen: { body: [replyId] } });
    expect(undo().replies[0]).toMatchObject({ body: { text: 'reply' } });
    expect(notes.undo({ environment, undoes: replyId }).replies[0]).toMatchObject({ isHidden: true });
    const first = notes.history(environment, annotationId)[0]!.op_id;
    expect(notes.undo({ environment, undoes: first })).toMatchObject({ isHidden: true });
    expect(codeOf(() => notes.undo({ environment, undoes: 'nothing' }))).toBe('not-found');
  });

  it('bring back both texts when a resolution is taken back', () => {
    const { annotationId } = notes.create(aNote());
    const seen = seenBody(annotationId);
    editBody(annotationId, 'one', seen);
    editBody(annotationId, 'two', seen);
    notes.resolve({ environment, annotationId, field: 'body', text: 'one', seen: seenBody(annotationId) });
    const resolution = notes.history(environment, annotationId).at(-1)!.op_id;
    expect(notes.undo({ environment, undoes: resolution }).body.text).toBe('one\n\ntwo');
  });

  it('refuse what looks personal until the writer confirms it, and say what and where', () => {
    const note = aNote({ title: 'Ask ada@example.org', body: 'or +47 22 33 44 55', tags: ['203.0.113.7'] });
    expect(() => notes.create(note)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        path: 'title',
        message:
          'the note seems to hold an e-mail address, a phone number, an IP address; remove it, or confirm to save it',
        detail: {
          findings: [
            { field: 'title', kinds: ['email'], suggestion: 'Ask [email]' },
            { field: 'body', kinds: ['phone'], suggestion: 'or [phone]' },
            { field: 'tags.0', kinds: ['ip'], suggestion: '[ip]' },
          ],
        },
      }),
    );
    expect(notes.list({ environment })).toEqual([]);
    const { annotationId } = notes.create({ ...note, isConfirmed: true });
    expect(notes.get(environment, annotationId).title.text).toBe('Ask ada@example.org');
    const reply = { environment, annotationId, body: 'ada@example.org' };
    expect(codeOf(() => notes.reply(reply))).toBe('bad-input');
    expect(codeOf(() => editBody(annotationId, 'ada@example.org'))).toBe('bad-input');
    expect(codeOf(() => notes.setAuthor({ name: 'ada@example.org' }))).toBe('bad-input');
  });

  it('refuse what makes no sense, and write nothing', () => {
    const { annotationId } = notes.create(aNote());
    const unknown = 'ann_unknown';
    const cases: [() => unknown, string][] = [
      [() => notes.get(environment, unknown), 'not-found'],
      [() => notes.reply({ environment, annotationId: unknown, body: 'x' }), 'not-found'],
      [() => notes.reply({ environment: 'other', annotationId, body: 'x' }), 'not-found'],
      [() => notes.reply({ environment, annotationId, body: '' }), 'bad-input'],
      [() => notes.edit({ environment, annotationId, body: 'x' }), 'bad-input'],
      [() => notes.delete({ environment, annotationId, replyId: 'none' }), 'not-found'],
      [() => notes.create(aNote({ body: 'x'.repeat(20_001) })), 'bad-input'],
      [() => notes.create(aNote({ opId: '../x' })), 'bad-input'],
      [() => notes.create({ ...aNote(), extra: 1 } as never), 'bad-input'],
    ];
    expect(cases.map(([work]) => codeOf(work))).toEqual(cases.map(([, code]) => code));
    notes.reply({ environment, annotationId, body: 'r' });
    const { replyId } = notes.get(environment, annotationId).replies[0]!;
    const retagged = () => notes.edit({ environment, annotationId, replyId, tags: ['x'] });
    expect(codeOf(retagged)).toBe('bad-input');
    expect(notes.history(environment, annotationId)).toHaveLength(2);
  });
});

describe('lists', () => {
  it('are filtered by view, metric, tag, author, status, state and text', () => {
    notes.setAuthor({ name: 'Ada' });
    const first = notes.create(aNote({ tags: ['prompt'], status: 'action' }));
    const second = notes.create(
      aNote({
        title: 'Impact',
        target: { view: 'masters', metric: 'master_impact', filters: [], breakdown: 'x' },
        tags: ['catalogue'],
      }),
    );
    notes.reply({ environment, annotationId: second.annotationId, body: 'A Needle in a reply' });
    notes.delete({ environment, annotationId: notes.create(aNote({ title: 'Gone' })).annotationId });
    const titles = (filter: object): string[] =>
      notes.list({ environment, ...filter }).map(({ title }) => title.text);
    expect(titles({})).toEqual(['Impact', 'Prompt hidden']);
    expect(titles({ view: 'masters' })).toEqual(['Impact']);
    expect(titles({ metric: 'capture_rate' })).toEqual(['Prompt hidden']);
    expect(titles({ tags: ['prompt', 'nothing'] })).toEqual(['Prompt hidden']);
    expect(titles({ author: 'Ada', status: 'action' })).toEqual(['Prompt hidden']);
    expect(titles({ author: 'Bo' })).toEqual([]);
    expect(titles({ contains: 'needle' })).toEqual(['Impact']);
    expect(titles({ show: 'conflict' })).toEqual([]);
    expect(titles({ show: 'mine', withDeleted: true })).toHaveLength(3);
    expect(notes.list({ environment: 'other' })).toEqual([]);
    expect(notes.counts(environment)).toEqual({ all: 2, pending: 3, conflict: 0, mine: 2, quarantined: 0 });
    expect(first.annotationId).not.toBe(second.annotationId);
  });
});
