import { describe, expect, it } from 'vitest';
import { keyMatcher } from '../../../main/engine/sync/key-template.ts';
import { keyPrefixes } from '../../../main/engine/sync/s3/list-prefixes.ts';

const from = Date.UTC(2026, 1, 27, 23, 30);
const to = Date.UTC(2026, 2, 1, 0, 30);

describe('prefixes of a key template', () => {
  it.each([
    ['', '', null],
    ['events/${ENV}/', 'events/prod/', null],
    [
      'events/${ENV}/dt=%Y-%m-%d/hour=%H/',
      'events/prod/dt=',
      ['events/prod/dt=2026-02-27', 'events/prod/dt=2026-02-28', 'events/prod/dt=2026-03-01'],
    ],
    ['%Y/%m/%d/%H/${ENV}', '', ['2026/02/27', '2026/02/28', '2026/03/01']],
    ['%d.%m.%Y/', '', ['27.02.2026', '28.02.2026', '01.03.2026']],
    ['logs/%Y/%m/', 'logs/', ['logs/2026/02', 'logs/2026/03']],
    ['logs/%Y/', 'logs/', ['logs/2026']],
    ['%Y/%H/%m/%d/', '', ['2026/']],
    ['h%H/%Y-%m-%d', 'h', null],
  ])('%s', (template, whole, days) => {
    const prefixes = keyPrefixes(template, 'prod');
    expect(prefixes.whole).toBe(whole);
    expect(prefixes.between(from, to)).toEqual(days);
  });

  it('hold every key that the template fits on those days', () => {
    const template = 'events/${ENV}/dt=%Y-%m-%d/hour=%H/';
    const key = 'events/prod/dt=2026-02-28/hour=07/part-1.ndjson';
    expect(keyMatcher(template, 'prod')(key)).toBe(true);
    expect(
      keyPrefixes(template, 'prod')
        .between(from, to)!
        .some((prefix) => key.startsWith(prefix)),
    ).toBe(true);
  });
});
