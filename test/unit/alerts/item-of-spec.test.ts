import { describe, expect, it } from 'vitest';
import { itemOfSpec } from '../../../shared/alerts/item-of-spec.ts';
import { DEFAULT_WATCH, itemQuestion } from '../../../shared/alerts/watch.ts';
import { parseQuerySpec } from '../../../shared/query/parse-spec.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';

const range = { from: '2026-11-01', to: '2026-11-19' };
const frame = { environment: 'e', range };

describe('what a tile shows, as an entry of the watch list', () => {
  it('is the measure by the hour where it is plain', () => {
    const spec: QuerySpecInput = {
      kind: 'trend',
      ...frame,
      interval: 'day',
      compare: 'previous',
      series: [{ measure: 'capture_rate' }],
    };
    const { subject } = itemOfSpec(spec, 'Capture rate', new Set());
    expect(subject).toEqual(DEFAULT_WATCH[0]?.subject);
  });

  it('is the question by the day otherwise, and can be asked', () => {
    const spec: QuerySpecInput = {
      kind: 'funnel',
      ...frame,
      steps: [{ event: 'session_started' }, { event: 'session_completed' }],
    };
    const item = itemOfSpec(spec, 'From start to end', new Set(['watch-from-start-to-end']));
    expect(item).toMatchObject({
      itemId: 'watch-from-start-to-end-2',
      subject: { column: 1, interval: 'day' },
    });
    expect(parseQuerySpec(itemQuestion(item, frame))).toMatchObject({ kind: 'funnel', show: 'trend' });
  });

  it('is refused where nothing runs over time', () => {
    const spec = { kind: 'paths', ...frame } as unknown as QuerySpecInput;
    expect(() => itemOfSpec(spec, 'Journeys', new Set())).toThrow('Journeys');
  });
});
