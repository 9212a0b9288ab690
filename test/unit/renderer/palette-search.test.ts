import { describe, expect, it } from 'vitest';
import { datesInText } from '../../../renderer/app/palette/dates-in-text.ts';
import { type PaletteActions, paletteEntries } from '../../../renderer/app/palette/palette-entries.ts';
import type { PaletteEntry } from '../../../renderer/app/palette/palette-entry.ts';
import { matchesIn, searchEntries } from '../../../renderer/app/palette/search-entries.ts';
import { TILE_ACTIONS } from '../../../renderer/app/tile-actions.ts';
import { DEFAULT_ADDRESS, type ViewAddress } from '../../../renderer/state/address.ts';
import type { EnvironmentInfo } from '../../../renderer/state/session-store.ts';

const entry = (label: string, more: Partial<PaletteEntry> = {}): PaletteEntry => ({
  id: label,
  group: 'run',
  icon: 'chart',
  label,
  run: () => undefined,
  ...more,
});
const found = (text: string, ...entries: PaletteEntry[]) =>
  searchEntries(entries, text).map(({ label }) => label);

describe('searching the palette', () => {
  it('puts what begins with the words first, then what has them as words, then what holds them', () => {
    const all = [entry('Unrest'), entry('State is Restless'), entry('Restless by release')];
    expect(found('rest', ...all)).toEqual(['Restless by release', 'State is Restless', 'Unrest']);
  });

  it('needs every word, in any order, whatever its case and accents', () => {
    const all = [entry('Café in Liège', { detail: 'saved view' }), entry('Café')];
    expect(found('LIEGE cafe', ...all)).toEqual(['Café in Liège']);
    expect(found('view cafe', ...all)).toEqual(['Café in Liège']);
    expect(found('nothing', ...all)).toEqual([]);
  });

  it('filters first, then goes, then runs', () => {
    const all = [entry('x run'), entry('x go', { group: 'go' }), entry('x filter', { group: 'filter' })];
    expect(found('x', ...all)).toEqual(['x filter', 'x go', 'x run']);
  });

  it('marks the words in the label once each', () => {
    expect(matchesIn('State is Restless', 'rest sta')).toEqual([
      { from: 0, to: 3 },
      { from: 9, to: 13 },
    ]);
    expect(matchesIn('aaa', 'aa a')).toEqual([{ from: 0, to: 2 }]);
  });
});

describe('dates typed into the palette', () => {
  const today = '2026-11-19';
  it.each([
    ['2026-10-01 to 2026-10-20', { from: '2026-10-01', to: '2026-10-20' }],
    ['2026-10-20..2026-10-01', { from: '2026-10-01', to: '2026-10-20' }],
    ['2026-10-01', { from: '2026-10-01', to: '2026-10-01' }],
    ['last 3 days', { from: '2026-11-17', to: today }],
    ['2 weeks', { from: '2026-11-06', to: today }],
  ])('reads %s', (text, span) => {
    expect(datesInText(text, today)).toEqual(span);
  });
  it.each(['', 'restless', '2026-13-01', '2026-02-30', '0 days', '2026-10-01 sv', '99999 days'])(
    'does not read "%s"',
    (text) => {
      expect(datesInText(text, today)).toBeNull();
    },
  );
});

const ENVIRONMENT: EnvironmentInfo = {
  environment: 'sample',
  events: 10,
  firstTs: '2026-05-01T00:00:00Z',
  lastTs: '2026-11-19T00:00:00Z',
  practices: [{ id: 'p1', name: 'Box breathing', category: 'breath' }],
  masters: [{ id: 'm1', name: 'M. One', category: null }],
  releases: [{ version: '4.18', releasedAt: '2026-11-09T00:00:00Z' }],
  taxonomy: {
    version: '1',
    valid_from: '2020-01-01',
    states: [
      { id: 'calm', label: 'Calm', order: 2 },
      { id: 'tense', label: 'Tense', order: 1 },
    ],
  },
  taxonomyBoundaries: [],
  usersDimension: true,
};

function palette(change: Partial<ViewAddress> = {}) {
  const went: Partial<ViewAddress>[] = [];
  const nothing = () => undefined;
  const actions: PaletteActions = {
    go: (next) => {
      went.push(next);
    },
    openSavedView: nothing,
    removeSavedView: nothing,
    saveView: nothing,
    focusTile: nothing,
    runTile: nothing,
    setTheme: nothing,
    setLetterKeys: nothing,
    syncNow: nothing,
    showKeys: nothing,
    undo: nothing,
    redo: nothing,
  };
  const entries = paletteEntries(
    {
      address: { ...DEFAULT_ADDRESS, ...change },
      environment: ENVIRONMENT,
      calendar: { today: '2026-11-19', weekStart: 'monday', firstDate: '2026-05-01' },
      text: '',
      locales: [{ value: 'sv', events: 12 }],
      savedViews: [],
      tile: { id: 'capture-rate', title: 'Capture rate' },
      tiles: [
        { id: 'capture-rate', title: 'Capture rate' },
        { id: 'master-impact', title: 'Master impact' },
      ],
      theme: 'system',
      hasLetterKeys: true,
      canUndo: true,
      canRedo: false,
    },
    actions,
  );
  const named = (label: string) => {
    const match = entries.find((each) => each.label === label);
    if (match === undefined) throw new Error(`no entry ${label}`);
    return match;
  };
  return { entries, named, went };
}

describe('entries of the palette', () => {
  it('set a filter, and Tab adds to it or takes back', () => {
    const filters = { ...DEFAULT_ADDRESS.filters, state: ['tense'] };
    const { named, went } = palette({ filters });
    named('State is Calm').run();
    named('State is Calm').add?.();
    named('State is Tense').add?.();
    expect(went.map((change) => change.filters?.state)).toEqual([['calm'], ['tense', 'calm'], []]);
  });

  it('name states, practices and masters as the data does, states in the order of their taxonomy', () => {
    const labels = palette().entries.map(({ label }) => label);
    expect(labels).toContain('Practice is Box breathing');
    expect(labels).toContain('Master is M. One');
    expect(labels.indexOf('State is Tense')).toBeLessThan(labels.indexOf('State is Calm'));
  });

  it('offer to remove filters only where some are set', () => {
    expect(palette().entries.some(({ id }) => id.startsWith('remove:'))).toBe(false);
    const { named, went } = palette({ filters: { ...DEFAULT_ADDRESS.filters, locale: ['sv'] } });
    named('Remove all filters').run();
    expect(went).toEqual([{ filters: DEFAULT_ADDRESS.filters, cohort: 'all' }]);
  });

  it('act on the tile in focus and lead to the others', () => {
    const { entries } = palette();
    expect(entries.filter(({ detail }) => detail === 'Capture rate').length).toBe(TILE_ACTIONS.length);
    expect(entries.filter(({ id }) => id.startsWith('tile:')).map(({ label }) => label)).toEqual([
      'Master impact',
    ]);
  });

  it('have ids of their own', () => {
    const ids = palette({ cohort: 'new' }).entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
