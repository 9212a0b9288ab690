import {
  formatCount,
  formatPoints,
  formatQuantity,
  formatRate,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import type { KeyFigure } from '../../parts/key-figure.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import type { StatesGroups } from '../practices/columns.ts';
import { isClear, type ListedMaster } from './columns.ts';

type NameOf = (id: string | null) => string;

const byDistance = (a: ListedMaster, b: ListedMaster): number =>
  Math.abs(b.impact.value ?? 0) - Math.abs(a.impact.value ?? 0);

/** How many differ from what their practice mix predicts, and who most. */
export function describeMasters(
  rows: readonly ListedMaster[],
  nameOf: NameOf,
  hasFilters: boolean,
): PageFinding {
  const named = rows.filter(({ id }) => id !== null);
  if (named.length === 0)
    return {
      lead: hasFilters
        ? 'No sessions with a master match these filters.'
        : 'No sessions with a master in these dates.',
      rest: '',
    };
  const clear = named.filter(isClear).toSorted(byDistance);
  if (clear.length === 0) return { lead: 'No master differs from what the practice mix predicts.', rest: '' };
  const [first, second] = clear;
  const furthest = [first, second].flatMap((row) => (row === undefined ? [] : [nameOf(row.id)]));
  return {
    lead: `${formatCount(clear.length)} of ${formatQuantity(named.length, 'master')} ${clear.length === 1 ? 'differs' : 'differ'} from what their practice mix predicts.`,
    rest: ` ${furthest.length === 1 ? `Furthest is ${furthest[0] ?? ''}` : `Furthest are ${furthest.join(' and ')}`}.`,
  };
}

const plain = { delta: '', isFailing: false, title: '' } as const;

interface FiguresInput {
  rows: readonly ListedMaster[] | null;
  states: StatesGroups | null;
  fresh: StatesGroups | null;
  returning: StatesGroups | null;
}

export function mastersFigures({ rows, states, fresh, returning }: FiguresInput): KeyFigure[] {
  const named = rows?.filter(({ id }) => id !== null) ?? [];
  const judged = named.filter(({ isSmall, impact }) => !isSmall && impact.value !== null);
  const small = named.length - named.filter(({ isSmall }) => !isSmall).length;
  const led = named.reduce((sum, { group }) => sum + group.completed, 0);
  const all = states?.total.completed ?? 0;
  const values = judged.map(({ impact }) => impact.value ?? 0);
  const spread = values.length === 0 ? null : Math.max(...values) - Math.min(...values);
  const ofNew = fresh?.total.completed ?? 0;
  const known = ofNew + (returning?.total.completed ?? 0);
  return [
    {
      ...plain,
      id: 'masters',
      label: 'Masters',
      value: rows === null ? NOT_DEFINED : formatCount(named.length),
      delta: small === 0 ? '' : `${formatCount(small)} below n ${formatCount(SMALL_SAMPLE)}`,
    },
    {
      ...plain,
      id: 'led',
      label: 'Sessions with a master',
      value: rows === null ? NOT_DEFINED : formatCount(led),
      delta: all === 0 ? '' : `${formatRate(led / all)} of all`,
      title: `${formatCount(led)} of ${formatCount(all)} completed sessions`,
    },
    {
      ...plain,
      id: 'spread',
      label: 'Spread, highest to lowest',
      value: formatPoints(spread).replace('+', ''),
      title: 'Difference from expected, of masters with enough sessions',
    },
    {
      ...plain,
      id: 'clear',
      label: 'Differ from expected',
      value:
        rows === null
          ? NOT_DEFINED
          : `${formatCount(named.filter(isClear).length)} of ${formatCount(named.length)}`,
      title: 'The 95% interval of the difference leaves out zero',
    },
    {
      ...plain,
      id: 'new',
      label: 'By new people',
      value: formatRate(known === 0 ? null : ofNew / known),
      title: `${formatCount(ofNew)} of ${formatCount(known)} completed sessions of known people`,
    },
  ];
}
