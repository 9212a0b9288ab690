import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedTexts } from '../../../shared/annotations/annotation.ts';
import { createFoldedLog } from '../../../shared/annotations/fold-log.ts';
import { foldOperations } from '../../../shared/annotations/fold.ts';
import { type Operation, emptyOperation, parseOperation } from '../../../shared/annotations/operation.ts';
import { operations } from './generate-operations.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));
const RUNS = { seed, numRuns: IS_DEEP ? 50_000 : 1_000 };

const stateOf = (log: Iterable<Operation>): unknown =>
  JSON.parse(JSON.stringify([...foldOperations(log)].sort(([a], [b]) => (a < b ? -1 : 1))));

let clock = 0;
const operation = (members: object): Operation => {
  clock++;
  const value = {
    op_id: `op-${clock}`,
    annotation_id: 'ann_1',
    kind: 'edit',
    fields: {},
    hlc: `${String(1_790_000_000_000 + clock).padStart(15, '0')}-0000-dev_a`,
    device: 'dev_a',
    author: 'Ada',
    ...members,
  };
  const parsed = parseOperation(value);
  if (!parsed.ok) throw new Error(`${parsed.reason} ${parsed.field ?? ''}`);
  return parsed.operation;
};
const fold = (...log: Operation[]) => foldOperations(log).get('ann_1')!;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const created = (fields: object = {}, opId = 'first') =>
  operation({
    op_id: opId,
    kind: 'create',
    fields: { title: 'Title', body: 'base', tags: [], ...fields },
  });

describe(`the fold, whatever the operations (seed ${seed})`, () => {
  it('is the same in any order, with any copies, whoever wrote the JSON', () => {
    fc.assert(
      fc.property(operations, fc.infiniteStream(fc.nat(1_000)), (log, chance) => {
        const next = (): number => chance.next().value as number;
        const copies = log.filter(() => next() % 2 === 0).map(rewritten);
        const shuffled = [...log, ...copies].map((one) => [next(), one] as const).sort(([a], [b]) => a - b);
        expect(stateOf(shuffled.map(([, one]) => one))).toEqual(stateOf(log));
      }),
      RUNS,
    );
  });

  it('kept up to date equals the fold of everything, after every step', () => {
    fc.assert(
      fc.property(operations, (log) => {
        const kept = createFoldedLog();
        for (const [index, one] of log.entries()) {
          kept.add([one]);
          kept.add([rewritten(one)]);
          const whole = foldOperations(log.slice(0, index + 1));
          expect(new Map(kept.all().map((state) => [state.annotationId, state]))).toEqual(whole);
        }
      }),
      { ...RUNS, numRuns: RUNS.numRuns / 4 },
    );
  });

  it('shows a text of every field that holds one that was not emptied', () => {
    fc.assert(
      fc.property(operations, (log) => {
        const redacted = new Set(
          log.flatMap(({ kind, annotation_id, fields }) =>
            kind === 'redact' ? fields.op_ids.map((id) => `${annotation_id} ${id}`) : [],
          ),
        );
        const folded = foldOperations(log);
        for (const one of log) {
          if (!hasTitle(one) || redacted.has(`${one.annotation_id} ${one.op_id}`) || 'reply_id' in one.fields)
            continue;
          expect(folded.get(one.annotation_id)!.title.versions.length).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  });

  it('is the same whether what a deletion request names was emptied before or is named now', () => {
    fc.assert(
      fc.property(operations, (log) => {
        const named = new Set(
          log.flatMap(({ kind, annotation_id, fields }) =>
            kind === 'redact' ? fields.op_ids.map((id) => `${annotation_id} ${id}`) : [],
          ),
        );
        const emptied = log.map((one) =>
          named.has(`${one.annotation_id} ${one.op_id}`) ? emptyOperation(one) : one,
        );
        expect(stateOf(emptied)).toEqual(stateOf(log));
      }),
      RUNS,
    );
  });
});

const hasTitle = ({ kind, fields }: Operation): boolean =>
  ['create', 'edit', 'resolve'].includes(kind) && 'title' in fields;

/** The same content with its members in another order. */
function rewritten(one: Operation): Operation {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, reversed(member)]),
    );
  };
  return reversed(one) as Operation;
}

describe('what a fold shows', () => {
  it('takes the last writer of each field by itself', () => {
    const first = created({ status: 'note' });
    const status = operation({ fields: { status: 'action', saw: { status: ['first'] } } });
    const tags = operation({ device: 'dev_b', fields: { tags: ['late'], saw: { tags: ['first'] } } });
    expect(fold(tags, first, status)).toMatchObject({ status: 'action', tags: ['late'], hasConflict: false });
  });

  it('keeps both texts where two writers had seen the same one, until somebody who saw both resolves it', () => {
    const first = created();
    const mine = operation({ op_id: 'mine', fields: { body: 'mine', saw: { body: ['first'] } } });
    const theirs = operation({
      op_id: 'theirs',
      device: 'dev_b',
      author: 'Bo',
      fields: { body: 'theirs', saw: { body: ['first'] } },
    });
    const both = fold(theirs, mine, first);
    expect(both.body).toMatchObject({ isConflict: true, base: 'base', text: 'theirs' });
    expect(both.body.versions.map(({ text, author }) => [text, author])).toEqual([
      ['mine', 'Ada'],
      ['theirs', 'Bo'],
    ]);
    expect(both.hasConflict).toBe(true);
    expect(joinedTexts(both.body)).toBe('mine\n\ntheirs');
    const resolved = operation({
      kind: 'resolve',
      fields: { body: 'ours', saw: { body: ['mine', 'theirs'] } },
    });
    expect(fold(first, mine, theirs, resolved)).toMatchObject({ hasConflict: false, body: { text: 'ours' } });
    const partly = operation({ kind: 'resolve', fields: { body: 'half', saw: { body: ['mine'] } } });
    expect(fold(first, mine, theirs, partly).body.versions.map(({ text }) => text)).toEqual([
      'theirs',
      'half',
    ]);
  });

  it('is no conflict that two people typed the same', () => {
    const one = operation({ op_id: 'one', fields: { body: 'same', saw: { body: ['first'] } } });
    const two = operation({ op_id: 'two', fields: { body: 'same', saw: { body: ['first'] } } });
    expect(fold(created(), one, two).body).toMatchObject({ isConflict: false, text: 'same' });
    expect(fold(created(), one, two).body.versions).toHaveLength(2);
  });

  it('hides what was deleted, and brings it back', () => {
    const first = created();
    const gone = operation({
      op_id: 'gone',
      kind: 'delete',
      fields: { saw: { deleted: [], text: ['first'] } },
    });
    expect(fold(gone, first)).toMatchObject({ isHidden: true, deletion: { author: 'Ada', unseen: [] } });
    const back = operation({ kind: 'restore', fields: { saw: { deleted: ['gone'] } } });
    expect(fold(first, gone, back)).toMatchObject({ isHidden: false, deletion: null });
  });

  it('keeps in sight what was written while somebody else deleted', () => {
    const first = created();
    const gone = operation({ kind: 'delete', fields: { saw: { text: ['first'] } } });
    const reply = operation({ op_id: 'reply', kind: 'reply', fields: { body: 'but look' } });
    const state = fold(first, gone, reply);
    expect(state).toMatchObject({ isHidden: false, hasConflict: true, deletion: { unseen: ['reply'] } });
    const again = operation({
      kind: 'delete',
      fields: { saw: { text: ['first', 'reply'], deleted: [gone.op_id] } },
    });
    expect(fold(first, gone, reply, again)).toMatchObject({ isHidden: true, hasConflict: false });
  });

  it('empties what a deletion request names, in whatever order it comes, and shows what had stood before', () => {
    const [one, two] = [uuid(1), uuid(2)];
    const first = created({}, one);
    const edit = operation({ op_id: two, fields: { body: 'about usr_1', saw: { body: [one] } } });
    const later = operation({ fields: { body: 'later', saw: { body: [two] } } });
    const redact = operation({ kind: 'redact', fields: { op_ids: [two], request_id: 'r1' } });
    expect(fold(redact, edit, first)).toMatchObject({
      isRedacted: true,
      body: { text: 'base', isConflict: false },
    });
    expect(fold(redact, edit, later, first).body).toMatchObject({ text: 'later', isConflict: false });
    expect(JSON.stringify(fold(redact, edit, later, first))).not.toContain('usr_1');
    const gone = operation({ kind: 'delete', fields: { saw: { text: [two] } } });
    expect(fold(first, edit, gone, redact)).toMatchObject({ isHidden: false, deletion: { unseen: [one] } });
    const goneToo = operation({ kind: 'delete', fields: { saw: { text: [one, two] } } });
    expect(fold(first, edit, goneToo, redact)).toMatchObject({ isHidden: true });
  });

  it('keeps a text beside one whose writer met the edit between them only when it was empty', () => {
    const first = created({}, uuid(1));
    const hidden = operation({ op_id: uuid(2), fields: { body: 'A', saw: { body: [uuid(1)] } } });
    const emptied = emptyOperation(operation({ fields: { body: 'usr_1', saw: { body: [uuid(2)] } } }));
    const unaware = operation({ fields: { body: 'C', saw: { body: [uuid(1)] } } });
    const aware = operation({ fields: { body: 'C', saw: { body: [emptied.op_id] } } });
    const texts = (...log: Operation[]) => fold(...log).body.versions.map(({ text }) => text);
    expect(texts(first, emptied, unaware)).toEqual(['C']);
    expect(texts(first, emptied, unaware, hidden)).toEqual(['A', 'C']);
    expect(texts(first, emptied, aware, hidden)).toEqual(['C']);
  });

  it('gives an absurd clock no say, and names no time for it', () => {
    const first = created({ status: 'note' });
    const absurd = operation({ hlc: '999999999999999-9999-dev_x', fields: { status: 'outcome', body: 'x' } });
    expect(fold(first, absurd)).toMatchObject({ status: 'note', body: { isConflict: true } });
    expect(fold(first, absurd).body.versions[0]).toMatchObject({ text: 'x', atMs: null });
  });

  it('lets a writer who saw it replace even the latest plausible clock', () => {
    const last = `${String(Date.UTC(2200, 0) - 1).padStart(15, '0')}-9999-dev_x`;
    const hostile = operation({ op_id: 'hostile', hlc: last, fields: { status: 'outcome' } });
    const honest = operation({ fields: { status: 'action', saw: { status: ['hostile'] } } });
    expect(fold(created(), hostile).status).toBe('outcome');
    expect(fold(created(), hostile, honest).status).toBe('action');
  });

  it('shows replies and edits whose first operation has not come', () => {
    const reply = operation({ op_id: 'reply', kind: 'reply', fields: { body: 'early' } });
    expect(fold(reply)).toMatchObject({
      isIncomplete: true,
      target: null,
      replies: [{ body: { text: 'early' } }],
    });
    const edit = operation({ fields: { body: 'edited', reply_id: 'unknown' } });
    expect(fold(edit).replies).toMatchObject([
      { replyId: 'unknown', isIncomplete: true, body: { text: 'edited' } },
    ]);
  });

  it('shows two operations of one id both', () => {
    const one = operation({ op_id: 'same', kind: 'reply', fields: { body: 'first' } });
    const two = operation({ op_id: 'same', kind: 'reply', fields: { body: 'second' } });
    expect(fold(created(), one, two).replies[0]!.body).toMatchObject({ isConflict: true });
  });

  it('comes to an end also for a thread that was made to take for ever', () => {
    // squares of these counts would outlast the test's time
    const ids = Array.from({ length: 2_000 }, (_, n) => uuid(n));
    const heads = ids
      .slice(0, 400)
      .map((op_id) => operation({ op_id, fields: { body: op_id, saw: { body: ids.slice(400) } } }));
    const deletions = ids
      .slice(400, 600)
      .map(() => operation({ kind: 'delete', fields: { saw: { text: ids.slice(1) } } }));
    const twins = ids
      .slice(0, 300)
      .map((text) =>
        operation({ op_id: 'twin', kind: 'reply', hlc: heads[0]!.hlc, fields: { body: text.repeat(500) } }),
      );
    const kept = createFoldedLog();
    kept.add([...heads, ...deletions, ...twins, ...twins]);
    const state = kept.get('ann_1')!;
    expect(state.body.versions).toHaveLength(400);
    expect(state.replies[0]!.body.versions).toHaveLength(300);
    expect(state.deletion!.unseen).toContain(uuid(0));
  });
});
