import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../../shared/format/calendar.ts';
import {
  DEFAULT_ADDRESS,
  formatAddress,
  parseAddress,
  TILE_IDS,
  type ViewAddress,
} from '../../../renderer/state/address.ts';
import { PRESET_IDS } from '../../../renderer/state/date-presets.ts';

const values = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
const days = fc.integer({ min: 0, max: 3_000 }).map((offset) => addDays('2020-01-01', offset));

const addresses: fc.Arbitrary<ViewAddress> = fc.record({
  view: fc.constant('practices' as const),
  environment: fc.option(fc.stringMatching(/^[a-z][a-z &=#-]{0,20}$/)),
  range: fc.oneof(
    fc.constantFrom(...PRESET_IDS).map((preset) => ({ preset })),
    fc.tuple(days, fc.nat(400)).map(([from, length]) => ({ from, to: addDays(from, length) })),
  ),
  compare: fc.oneof(
    fc.constantFrom('previous' as const, 'none' as const),
    fc.integer({ min: 1, max: 3_660 }).map((shiftDays) => ({ shiftDays })),
  ),
  cohort: fc.constantFrom('all' as const, 'new' as const, 'returning' as const),
  filters: fc.record({ locale: values, release: values, practice: values, master: values, state: values }),
  sort: fc.record({
    key: fc.constantFrom('n', 'practice', 'capture', 'state:calm'),
    descending: fc.boolean(),
  }),
  tables: fc.uniqueArray(fc.constantFrom(...TILE_IDS)),
});

describe('the address of a view', () => {
  it('is plain for the default view', () => {
    expect(formatAddress(DEFAULT_ADDRESS)).toBe('#/practices');
    expect(parseAddress('')).toEqual({ address: DEFAULT_ADDRESS, problems: [] });
    expect(parseAddress('#/practices')).toEqual({ address: DEFAULT_ADDRESS, problems: [] });
  });

  it('gives back every view state that it was made from', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
      }),
    );
  });

  it('never fails on a bad address, and names what it did not follow', () => {
    const { address, problems } = parseAddress(
      '#/practices?from=2026-02-30&to=2026-02-10&compare=shift-0&cohort=old&sort=-colour&table=pie&zoom=3&locale=sv',
    );
    expect(address).toEqual({ ...DEFAULT_ADDRESS, filters: { ...DEFAULT_ADDRESS.filters, locale: ['sv'] } });
    expect(problems).toEqual([
      'from=2026-02-30',
      'to=2026-02-10',
      'compare=shift-0',
      'cohort=old',
      'sort=-colour',
      'table=pie',
      'zoom',
    ]);
  });

  it('refuses a range that ends before it starts, and half a range', () => {
    expect(parseAddress('#/practices?from=2026-11-19&to=2026-10-23').problems).toEqual([
      'from=2026-11-19&to=2026-10-23',
    ]);
    expect(parseAddress('#/practices?from=2026-11-19')).toMatchObject({
      address: { range: { preset: '28d' } },
      problems: ['from=2026-11-19'],
    });
  });

  it('falls back from views that do not exist', () => {
    expect(parseAddress('#/funnels?locale=sv')).toMatchObject({
      address: { view: 'practices', filters: { locale: ['sv'] } },
      problems: ['funnels'],
    });
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { address } = parseAddress(`#/${text}`);
        expect(parseAddress(formatAddress(address)).address).toEqual(address);
      }),
    );
  });
});
