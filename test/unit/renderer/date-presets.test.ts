import { describe, expect, it } from 'vitest';
import { type PresetId, presetSpan } from '../../../renderer/state/date-presets.ts';

const calendar = { today: '2026-11-19', weekStart: 'monday' as const, firstDate: '2026-05-24' };

describe('date presets', () => {
  it.each<[PresetId, string, string]>([
    ['today', '2026-11-19', '2026-11-19'],
    ['yesterday', '2026-11-18', '2026-11-18'],
    ['7d', '2026-11-13', '2026-11-19'],
    ['28d', '2026-10-23', '2026-11-19'],
    ['90d', '2026-08-22', '2026-11-19'],
    ['this-week', '2026-11-16', '2026-11-19'],
    ['this-month', '2026-11-01', '2026-11-19'],
    ['last-month', '2026-10-01', '2026-10-31'],
    ['all', '2026-05-24', '2026-11-19'],
  ])('%s runs from %s to %s', (id, from, to) => {
    expect(presetSpan(id, calendar)).toEqual({ from, to });
  });

  it('has a range for an empty store and for events in the future', () => {
    expect(presetSpan('all', { ...calendar, firstDate: null })).toEqual({
      from: '2026-10-23',
      to: '2026-11-19',
    });
    expect(presetSpan('all', { ...calendar, firstDate: '2027-01-01' }).from).toBe('2026-10-23');
  });
});
