import { describe, expect, it } from 'vitest';
import { splitBarFields } from '../../../renderer/app/filters/bar-fields.ts';
import { DEFAULT_ADDRESS, type ViewAddress } from '../../../renderer/state/address.ts';

const withFilters = (
  filters: Partial<ViewAddress['filters']>,
  cohort: ViewAddress['cohort'] = 'all',
): ViewAddress => ({
  ...DEFAULT_ADDRESS,
  cohort,
  filters: { ...DEFAULT_ADDRESS.filters, ...filters },
});

describe('the fields of the filter bar', () => {
  it('all stand in the bar where there is room', () => {
    expect(splitBarFields(DEFAULT_ADDRESS, { isNarrow: false })).toEqual({
      shown: ['cohort', 'locale', 'release', 'practice', 'master', 'state'],
      folded: [],
    });
  });

  it('fold to two where there is little, in fixed order', () => {
    expect(splitBarFields(DEFAULT_ADDRESS, { isNarrow: true })).toEqual({
      shown: ['cohort', 'locale'],
      folded: ['release', 'practice', 'master', 'state'],
    });
    expect(splitBarFields(withFilters({ practice: ['a'] }), { isNarrow: true }).shown).toEqual([
      'cohort',
      'practice',
    ]);
  });

  it('that a view cannot apply stand there only while they are set', () => {
    const unfit = { state: 'Practice opened has no state' };
    expect(splitBarFields(DEFAULT_ADDRESS, { isNarrow: false, unfit }).shown).not.toContain('state');
    expect(splitBarFields(withFilters({ state: ['calm'] }), { isNarrow: false, unfit }).shown).toContain(
      'state',
    );
  });

  it('all fold where the view needs the bar for itself', () => {
    expect(splitBarFields(DEFAULT_ADDRESS, { isNarrow: true, shown: 0 }).shown).toEqual([]);
    expect(splitBarFields(withFilters({ locale: ['a'] }), { isNarrow: true, shown: 0 }).shown).toEqual([
      'locale',
    ]);
  });

  it('never fold when they are set', () => {
    const address = withFilters({ locale: ['a'], release: ['b'], state: ['c'] }, 'new');
    expect(splitBarFields(address, { isNarrow: true })).toEqual({
      shown: ['cohort', 'locale', 'release', 'state'],
      folded: ['practice', 'master'],
    });
  });
});
