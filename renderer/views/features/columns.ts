import type { AnswerOf } from '../../../shared/query/answer.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { trendColumns, trendGroups } from '../../state/trend-columns.ts';
import type { ListedRate } from '../../parts/IntervalList.tsx';
import { SERIES } from './questions.ts';
import { type Direction, directionOf } from './trend-direction.ts';

/** Answers of the Features view as rows. */

export interface FeatureRow {
  name: string;
  /** Of active users; with its two sides. */
  adoption: number | null;
  users: number;
  activeUsers: number;
  previousAdoption: number | null;
  uses: number;
  failed: number;
  errorRate: number | null;
  /** Adoption of complete weeks. */
  weeks: (number | null)[];
  direction: Direction;
}

const NO_NAME = '(none)';

export function featureRows(answer: AnswerOf<'trend'>, weekly: AnswerOf<'trend'> | null): FeatureRow[] {
  const weeks = weekly === null ? new Map<string, (number | null)[]>() : weeksByFeature(weekly);
  return trendGroups(answer)
    .map(({ value, columnOf }): FeatureRow => {
      const name = typeof value === 'string' ? value : NO_NAME;
      const adoption = columnOf(SERIES.adoption);
      const errors = columnOf(SERIES.errors);
      const own = weeks.get(name) ?? [];
      return {
        name,
        adoption: adoption?.total ?? null,
        users: adoption?.totalNumerator ?? 0,
        activeUsers: adoption?.totalDenominator ?? 0,
        previousAdoption: adoption?.previous?.total ?? null,
        uses: columnOf(SERIES.uses)?.total ?? 0,
        failed: errors?.totalNumerator ?? 0,
        errorRate: errors?.total ?? null,
        weeks: own,
        direction: directionOf(own),
      };
    })
    .filter(
      ({ users, previousAdoption, name }) => name !== NO_NAME && (users > 0 || (previousAdoption ?? 0) > 0),
    )
    .toSorted((a, b) => (b.adoption ?? 0) - (a.adoption ?? 0) || (a.name < b.name ? -1 : 1));
}

function weeksByFeature(answer: AnswerOf<'trend'>): Map<string, (number | null)[]> {
  const { isPartial } = trendColumns(answer);
  return new Map(
    trendGroups(answer).map(({ value, columnOf }) => [
      typeof value === 'string' ? value : NO_NAME,
      (columnOf(SERIES.adoption)?.values ?? []).filter((_, week) => isPartial[week] !== true),
    ]),
  );
}

/** Adoption by plan, largest plan first. */
export const planRates = (answer: AnswerOf<'trend'>): ListedRate[] =>
  trendGroups(answer)
    .map(({ value, columnOf }): ListedRate => {
      const column = columnOf(SERIES.adoption);
      const n = column?.totalDenominator ?? 0;
      return {
        id: typeof value === 'string' ? value : NO_NAME,
        name: typeof value === 'string' ? value.charAt(0).toUpperCase() + value.slice(1) : 'No plan',
        value: column?.total ?? null,
        low: column?.totalLow ?? null,
        high: column?.totalHigh ?? null,
        n,
        isSmall: n < SMALL_SAMPLE,
      };
    })
    .filter(({ n }) => n > 0)
    .toSorted((a, b) => b.n - a.n);
