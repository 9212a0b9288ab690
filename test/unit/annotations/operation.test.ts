import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueChange } from '../../../shared/annotations/anchor.ts';
import { canonicalJson } from '../../../shared/annotations/canonical-json.ts';
import {
  MAX_OPERATION_BYTES,
  contentOf,
  emptyOperation,
  operationText,
  parseOperation,
  parseOperationText,
} from '../../../shared/annotations/operation.ts';

const target = { view: 'practices', metric: 'capture_rate', filters: [], breakdown: null };
const valid = {
  op_id: '0b0e7c55-1111-4222-8333-123456789abc',
  annotation_id: 'ann_1',
  kind: 'create',
  fields: {
    target,
    anchor: { kind: 'view' },
    title: 'A',
    body: '<b>B</b>',
    tags: ['x'],
    status: 'note',
    later: { a: 1 },
  },
  hlc: '001790000000000-0000-dev_a',
  device: 'dev_a',
  author: 'Ada',
};
const reasonFor = (value: unknown): unknown => {
  const parsed = parseOperation(value);
  return parsed.ok ? 'ok' : parsed.field === null ? parsed.reason : `${parsed.reason} ${parsed.field}`;
};
const withFields = (fields: object, kind = 'edit'): object => ({ ...valid, kind, fields });

describe('an operation', () => {
  it('is written with its seven members in order, and keeps what it does not know inside fields', () => {
    const parsed = parseOperationText(`\uFEFF${JSON.stringify({ ...valid, extra: 1 })}`);
    expect(parsed).toMatchObject({ ok: true, environment: null, operation: valid });
    if (!parsed.ok) return;
    expect(Object.keys(JSON.parse(operationText(parsed.operation)) as object)).toEqual([
      'op_id',
      'annotation_id',
      'kind',
      'fields',
      'hlc',
      'device',
      'author',
    ]);
    expect(operationText(parsed.operation)).toContain('"later":{"a":1}');
  });

  it.each([
    [null, 'not-an-operation'],
    [[], 'not-an-operation'],
    [{ ...valid, kind: 'explode' }, 'unknown-kind kind'],
    [{ ...valid, kind: 7 }, 'not-an-operation kind'],
    [{ ...valid, schema: 2 }, 'future-schema'],
    [withFields({ schema: 9 }), 'future-schema'],
    [{ ...valid, op_id: '../../etc/passwd' }, 'not-an-operation op_id'],
    [{ ...valid, op_id: '' }, 'not-an-operation op_id'],
    [{ ...valid, hlc: 'yesterday' }, 'not-an-operation hlc'],
    [{ ...valid, environment: 7 }, 'not-an-operation environment'],
    [withFields({ body: 7 }), 'not-an-operation fields.body'],
    [withFields({ tags: 'a' }), 'not-an-operation fields.tags'],
    [withFields({ status: 'done' }), 'not-an-operation fields.status'],
    [withFields({ saw: { body: 'all' } }), 'not-an-operation fields.saw.body'],
    [withFields({ anchor: { kind: 'nowhere' } }), 'not-an-operation fields.anchor.kind'],
    [withFields({ op_ids: 'all' }, 'redact'), 'not-an-operation fields.op_ids'],
    [{ ...valid, fields: undefined }, 'not-an-operation fields'],
  ])('refuses %j as %s', (value, reason) => expect(reasonFor(value)).toBe(reason));

  it.each([
    { kind: 'instant', at: '2026-11-12T00:00:00.000Z' },
    { kind: 'range', from: '2026-11-11', to: '2026-11-13' },
    { kind: 'range', from: '2026-11-11T00:00:00Z', to: '2026-11-13T00:00:00+01:00' },
    { kind: 'funnel_step', step: 2, name: 'captured' },
    { kind: 'retention_row', cohort: '2026-11-02' },
    { kind: 'retention_cell', cohort: '2026-11-02T00:00:00.000Z', period: 3 },
    { kind: 'practice', id: 'prc_focus' },
    { kind: 'master', id: 'mst_1' },
    { kind: 'series', value: 'de-DE' },
    { kind: 'series', value: null },
    { kind: 'view' },
  ])('may be pinned to %j', (anchor) => expect(reasonFor(withFields({ anchor }))).toBe('ok'));

  it('refuses what is too large or too deep without reading on', () => {
    expect(parseOperationText('x'.repeat(MAX_OPERATION_BYTES + 1))).toMatchObject({ reason: 'too-large' });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(parseOperationText(`{"op_id":${deep}}`)).toMatchObject({ ok: false, reason: 'too-deep' });
    expect(parseOperationText('{"op_id":')).toMatchObject({ reason: 'not-json' });
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(...Object.keys(valid)), (value, member) => {
        parseOperation(value);
        parseOperation({ ...valid, [member]: value });
        parseOperation({ ...valid, fields: { ...valid.fields, body: value, saw: value, target: value } });
        parseOperationText(JSON.stringify(value).slice(1));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps nothing that was typed when it is emptied', () => {
    const parsed = parseOperation(
      withFields({
        body: 'about usr_1',
        saw: { body: [valid.op_id, 'usr_1'], usr_1: ['x'] },
        reply_id: 'usr_1',
      }),
    );
    if (!parsed.ok) throw new Error(parsed.reason);
    const empty = emptyOperation(parsed.operation);
    expect(empty.fields).toEqual({ redacted: true, saw: { body: [valid.op_id] } });
    expect(JSON.stringify(empty)).not.toContain('usr_1');
    expect(reasonFor(empty)).toBe('ok');
    expect(emptyOperation(empty)).toEqual(empty);
  });
});

describe('canonical JSON', () => {
  it('is equal for equal content and differs for different content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const copy = JSON.parse(JSON.stringify(a)) as unknown;
        expect(canonicalJson(copy)).toBe(canonicalJson(JSON.parse(canonicalJson(a))));
        const isEqual = canonicalJson(a) === canonicalJson(b);
        if (!isEqual) expect(JSON.parse(JSON.stringify(a))).not.toEqual(JSON.parse(JSON.stringify(b)));
      }),
    );
    expect(contentOf(valid as never)).toBe(contentOf({ ...valid, fields: { ...valid.fields } } as never));
  });
});

describe('the value that a note discusses', () => {
  const discussed = { value: 0.823, interval: [0.815, 0.831], measured_at: '2026-11-13T00:00:00Z' } as const;
  it('has changed beyond its interval, within it, or not at all', () => {
    const value = { ...discussed, interval: [...discussed.interval] as [number, number] };
    expect(valueChange(value, 0.84)).toEqual({ was: 0.823, now: 0.84, isBeyondInterval: true });
    expect(valueChange(value, 0.831)).toEqual({ was: 0.823, now: 0.831, isBeyondInterval: false });
    expect(valueChange(value, 0.823)).toBeNull();
    expect(valueChange(value, null)).toBeNull();
    expect(valueChange({ ...value, interval: null }, 0.824)).toMatchObject({ isBeyondInterval: true });
  });
});
