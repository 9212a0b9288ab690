import type { Answer } from '../../../shared/query/answer.ts';
import { type TrendColumn, type TrendColumns, trendColumns } from '../../state/trend-columns.ts';
import { groupName, type ResultTable } from './result-table.ts';

/** How an answer is drawn: as lines by date, or as bars. */

export interface ShapeLine {
  key: string;
  name: string;
  column: TrendColumn & { previous: TrendColumn | null };
}

export type ResultShape =
  | { kind: 'lines'; columns: TrendColumns; lines: ShapeLine[]; more: number }
  | { kind: 'bars'; measure: string; rows: { id: string; name: string; value: number }[]; more: number };

const MOST_LINES = 4; // DESIGN: more are not told apart
const MOST_BARS = 24;

export function resultShape(answer: Answer, table: ResultTable): ResultShape {
  if (answer.kind === 'trend' && answer.result.buckets.length > 1) return linesOf(answer);
  return barsOf(answer.kind, table);
}

function linesOf(answer: Extract<Answer, { kind: 'trend' }>): ResultShape {
  const columns = trendColumns(answer);
  const current = answer.result.series.filter(({ compare }) => compare === 'current');
  const lines = current.map((line, index): ShapeLine => {
    const isGrouped = line.breakdown !== undefined;
    const own = {
      ...answer,
      result: {
        ...answer.result,
        series: answer.result.series.filter(
          ({ name, breakdown }) =>
            name === line.name &&
            JSON.stringify(breakdown ?? null) === JSON.stringify(line.breakdown ?? null),
        ),
      },
    };
    const column = trendColumns(own).columnOf(line.name);
    const group = isGrouped ? groupName(line.breakdown ?? null) : '';
    const hasOneName = new Set(current.map(({ name }) => name)).size === 1;
    const name = !isGrouped ? line.name : hasOneName ? group : `${line.name}, ${group}`;
    return { key: String(index), name, column: column ?? EMPTY };
  });
  return {
    kind: 'lines',
    columns,
    lines: lines.slice(0, MOST_LINES),
    more: Math.max(0, lines.length - MOST_LINES),
  };
}

const EMPTY: ShapeLine['column'] = {
  values: [],
  low: [],
  high: [],
  numerator: [],
  denominator: [],
  total: null,
  totalLow: null,
  totalHigh: null,
  totalNumerator: null,
  totalDenominator: null,
  previous: null,
};

/** What the bars of a kind measure, and what names them. */
const BARS: Record<Exclude<Answer['kind'], 'trend'>, { measures: string[]; names: string[] }> = {
  states: { measures: ['completed'], names: ['value', 'bucket'] },
  sessions: { measures: ['sessions', 'users', 'views'], names: ['bucket'] },
  funnel: { measures: ['count', 'entered'], names: ['name', 'bucket', 'fromSeconds'] },
  retention: { measures: ['size'], names: ['start'] },
  lifecycle: { measures: ['new'], names: ['bucket'] },
  stickiness: { measures: ['users'], names: ['buckets'] },
  paths: { measures: ['count'], names: ['step', 'source', 'target'] },
  distribution: { measures: ['value'], names: ['measure'] },
  experiment: { measures: ['mean', 'power', 'minimumEffect'], names: ['name'] },
};

function barsOf(kind: Answer['kind'], { rows, heads }: ResultTable): ResultShape {
  const { measures, names } = kind === 'trend' ? { measures: ['value'], names: ['series'] } : BARS[kind];
  const measure = measures.find((name) => heads.includes(name)) ?? measures[0] ?? '';
  const namedBy = ['group', ...names].filter((name) => heads.includes(name));
  const bars = rows
    .filter((row) => row['period'] !== 'previous')
    .flatMap((row, index) => {
      const value = row[measure];
      if (typeof value !== 'number') return [];
      const name = namedBy
        .map((each) => (each === 'step' ? `step ${String(row[each] ?? '')}` : String(row[each] ?? '')))
        .filter(Boolean)
        .join(' › ');
      return [{ id: String(index), name: name === '' ? measure : name, value }];
    });
  return {
    kind: 'bars',
    measure,
    rows: bars.slice(0, MOST_BARS),
    more: Math.max(0, bars.length - MOST_BARS),
  };
}
