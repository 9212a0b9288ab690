import { formatCount, formatPercentNumber, formatRate } from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import { differenceOf, isSignificant } from '../../state/difference.ts';
import type { FeatureRow } from './columns.ts';
import type { Direction } from './trend-direction.ts';

export const DIRECTION_WORDS: Record<Direction, string> = {
  up: '↑ Up',
  down: '↓ Down',
  stable: '– Stable',
  new: '+ New',
  unknown: '· Too short',
};

/** "service_creation" → "Service creation". */
export const featureName = (feature: string): string => {
  const text = feature.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** The feature that changed most beyond chance, else the most adopted one; then who gains and who loses. */
export function describeFeatures(rows: readonly FeatureRow[], hasFilters: boolean): PageFinding {
  const [first] = rows;
  if (first === undefined) {
    return {
      lead: `No feature was used ${hasFilters ? 'under these filters' : 'in these dates'}.`,
      rest: '',
    };
  }
  const changed = rows.filter(isChanged).toSorted((a, b) => Math.abs(changeOf(b)) - Math.abs(changeOf(a)))[0];
  return { lead: leadOf(changed ?? first, changed !== undefined), rest: movesIn(rows) };
}

const changeOf = ({ adoption, previousAdoption }: FeatureRow): number =>
  (adoption ?? 0) - (previousAdoption ?? 0);

/** The compared period has about as many active users; its own number is not in the answer of a share. */
function isChanged(row: FeatureRow): boolean {
  const { users, activeUsers, previousAdoption } = row;
  if (previousAdoption === null || activeUsers === 0) return false;
  const before = { count: Math.round(previousAdoption * activeUsers), n: activeUsers };
  return isSignificant(differenceOf({ count: users, n: activeUsers }, before));
}

function leadOf(row: FeatureRow, isChange: boolean): string {
  const reached = `${featureName(row.name)} reached ${formatRate(row.adoption)} of active users`;
  if (!isChange) return `${reached}, the most of all features.`;
  const points = formatPercentNumber(Math.abs(changeOf(row)), 1);
  return `${reached}, ${points} points ${changeOf(row) > 0 ? 'more' : 'fewer'} than before.`;
}

function movesIn(rows: readonly FeatureRow[]): string {
  const [up, down] = (['up', 'down'] as const).map((direction) =>
    rows.filter((row) => row.direction === direction),
  );
  if (up?.length === 0 && down?.length === 0) return ' None of them has a clear trend over 12 weeks.';
  return ` Over 12 weeks ${formatCount(up?.length ?? 0)} of them go up and ${formatCount(down?.length ?? 0)} down.`;
}
