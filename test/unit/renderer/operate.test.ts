import { describe, expect, it } from 'vitest';
import { lagScale } from '../../../renderer/views/freshness/lag-scale.ts';
import { markedTiles } from '../../../renderer/views/freshness/marked-tiles.ts';
import { byReason, fieldOf } from '../../../renderer/views/quarantine/words.ts';
import {
  newDraft,
  NOT_PULLED,
  retarget,
  secretNameOf,
  secretUse,
  toKind,
  withSecret,
  withText,
} from '../../../renderer/views/sources/draft.ts';

const HOUR_MS = 3_600_000;

describe('lags on one scale', () => {
  it('reach to the longest lag, but a source that stopped long ago does not flatten the others', () => {
    const events = { dataset: 'events' };
    expect(lagScale([{ ...events, lagMs: 3.5 * HOUR_MS, targetMs: HOUR_MS }]).toMs).toBe(4 * HOUR_MS);
    expect(lagScale([{ ...events, lagMs: 0, targetMs: 6 * HOUR_MS }]).toMs).toBe(6 * HOUR_MS);
    expect(lagScale([{ ...events, lagMs: 9_000 * HOUR_MS, targetMs: HOUR_MS }]).toMs).toBe(4 * HOUR_MS);
    expect(lagScale([{ ...events, lagMs: null, targetMs: null }]).toMs).toBe(HOUR_MS);
    const costs = { dataset: 'acquisition_costs', lagMs: 0, targetMs: 1_000 * HOUR_MS };
    expect(lagScale([costs, { ...events, lagMs: HOUR_MS, targetMs: HOUR_MS }]).toMs).toBe(HOUR_MS);
    expect(lagScale([]).toMs).toBe(HOUR_MS);
  });
});

describe('tiles that are marked', () => {
  it('are those that read a marked event type, each reason once', () => {
    const because = [{ sourceName: 'Reactions', why: 'late' as const }];
    const tiles = markedTiles([
      { eventType: 'reaction_captured', because },
      { eventType: 'session_completed', because },
    ]);
    const capture = tiles.find(({ tile }) => tile === 'capture-rate');
    expect(capture?.because).toEqual(because);
    const ofNothing = markedTiles([{ eventType: 'nobody_reads_this', because }]);
    expect(ofNothing.every(({ view }) => ['usage', 'features', 'engagement'].includes(view))).toBe(true);
    expect(markedTiles([])).toEqual([]);
  });
});

describe('rows that were refused', () => {
  it('are grouped by reason, most first, and quoted by column or property', () => {
    const group = { canReadmit: true, field: 'state' };
    const groups = byReason([
      { ...group, sourceName: 'A', reason: 'missing', rows: 2 },
      { ...group, sourceName: 'A', reason: 'unknown-state', rows: 3 },
      { ...group, sourceName: 'B', reason: 'missing', rows: 5, canReadmit: false },
    ]);
    expect(groups.map(({ reason, rows }) => [reason, rows])).toEqual([
      ['missing', 7],
      ['unknown-state', 3],
    ]);
    expect(groups[0]).toMatchObject({ sources: ['A', 'B'], canReadmit: true });
    const copy = JSON.stringify({ ts: 5, properties: { state: 'fidgety' } });
    expect([fieldOf(copy, 'state'), fieldOf(copy, 'ts'), fieldOf(copy, 'goal'), fieldOf('{', 'ts')]).toEqual([
      'fidgety',
      '5',
      null,
      null,
    ]);
  });
});

describe('the draft of a source', () => {
  const fields = [
    { name: 'id', target: 'event_id' },
    { name: 'goal', target: 'goal' },
    { name: 'note', target: null },
  ];

  it('moves a field to another column, and nothing else has that column then', () => {
    const draft = { ...newDraft('folder', 'prod'), map: { columns: { event_id: 'id' } } };
    const moved = retarget(draft, fields, 'goal', 'session_id');
    expect(moved['map']).toMatchObject({ columns: { event_id: 'id', session_id: 'goal' } });
    expect(moved['allow']).toEqual(['event_id', 'session_id']);
    const replaced = retarget(draft, fields, 'goal', 'event_id');
    expect(replaced['map']).toMatchObject({ columns: { event_id: 'goal' } });
  });

  it('leaves a field out, and takes one back that was left out', () => {
    const draft = newDraft('folder', 'prod');
    expect(retarget(draft, fields, 'goal', NOT_PULLED)['allow']).toEqual(['event_id']);
    expect(retarget(draft, fields, 'note', 'note')['allow']).toEqual(['event_id', 'goal', 'note']);
  });

  it('keeps what every kind has when the kind changes, and sends empty choices as null', () => {
    const draft = { ...newDraft('folder', 'prod'), name: 'Orders', path: '/data' };
    const other = toKind(draft, 's3');
    expect(other).toMatchObject({ kind: 's3', name: 'Orders', environment: 'prod', bucket: '' });
    expect(other).not.toHaveProperty('path');
    expect(withText(other, 'endpoint', '')['endpoint']).toBeNull();
    expect(withText(other, 'bucket', '')['bucket']).toBe('');
  });

  it('names a secret after the source and never holds a value', () => {
    expect(secretNameOf('Orders (EU)')).toBe('orders-eu');
    expect(secretNameOf('…')).toBe('source');
    expect(secretUse(newDraft('folder', 'prod'))).toBeNull();
    expect(secretUse(newDraft('s3', 'prod'))).toBeNull();
    const keys = withSecret(newDraft('s3', 'prod'), 'orders');
    expect(secretUse(keys)).toMatchObject({ name: 'orders' });
    expect(secretUse(withSecret(newDraft('postgres', 'prod'), 'pg'))).toMatchObject({ name: 'pg' });
  });
});
