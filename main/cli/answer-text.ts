import { kindTable } from './answer-tables.ts';
import { grid, show, showValue } from './text-grid.ts';
import type {
  Answer,
  SessionsContent,
  StatesContent,
  StatesRow,
  StatesSeriesRow,
  TrendLine,
  TrendResult,
} from '../../shared/query/answer.ts';

/** An answer as a person reads it on a terminal: a table, then what it rests on. */
export function answerText(answer: Answer): string {
  return [...tableOf(answer), '', ...footOf(answer), ''].join('\n');
}

function tableOf(answer: Answer): string[] {
  switch (answer.kind) {
    case 'trend':
      return trendTable(answer.result);
    case 'states':
      return statesTable(answer.result);
    case 'sessions':
      return sessionsTable(answer.result);
    default:
      return kindTable(answer);
  }
}

function trendTable({ buckets, previousBuckets, series, rest }: TrendResult): string[] {
  const lines = [
    ...series,
    ...(rest?.series.map((line) => ({ ...line, breakdown: `remaining ${rest.values}` })) ?? []),
  ];
  const head = ['', ...lines.map(lineName)];
  const longest = buckets.length >= (previousBuckets?.length ?? 0) ? buckets : (previousBuckets ?? []);
  const rows = longest.map((bucket, index) => [bucket, ...lines.map(({ data }) => show(data[index]))]);
  return grid([head, ...rows, ['total', ...lines.map(({ total }) => show(total))]]);
}

function lineName({ name, breakdown, compare }: TrendLine): string {
  const value = breakdown === undefined ? '' : ` ${[breakdown].flat().map(showValue).join(', ')}`;
  return `${name}${value}${compare === 'previous' ? ' (previous)' : ''}`;
}

function statesTable(result: StatesContent): string[] {
  if ('buckets' in result) {
    const head = ['', ...result.rows.map(({ value }) => showValue(value)), 'all'];
    const rateAt = (row: StatesSeriesRow, index: number): string => show(row.captureRate.value[index]);
    const rows = result.buckets.map((bucket, index) => [
      bucket,
      ...[...result.rows, result.total].map((row) => rateAt(row, index)),
    ]);
    return ['Capture rate', ...grid([head, ...rows])];
  }
  const states = result.total.states.map(({ state }) => state);
  const rowOf = (name: string, row: StatesRow): string[] => [
    name,
    show(row.n),
    show(row.completed),
    show(row.captureRate.value),
    ...row.states.map(({ value }) => show(value)),
  ];
  return grid([
    ['', 'reactions', 'completed', 'capture', ...states],
    ...result.rows.map((row) => rowOf(showValue(row.value), row)),
    rowOf('all', result.total),
  ]);
}

function sessionsTable({ buckets, ...content }: SessionsContent): string[] {
  const measures = Object.entries(content).filter(
    ([name, value]) =>
      name !== 'bounce_rate_interval' && (typeof value === 'number' || value === null || isNumbers(value)),
  );
  if (buckets === undefined)
    return grid(measures.map(([name, value]) => [name, show(value as number | null)]));
  const at = (value: unknown, index: number): string => show((value as (number | null)[])[index]);
  const lists = measures.filter(([, value]) => Array.isArray(value));
  return grid([
    ['', ...lists.map(([name]) => name)],
    ...buckets.map((bucket, index) => [bucket, ...lists.map(([, value]) => at(value, index))]),
  ]);
}

const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => item === null || typeof item === 'number');

function footOf({
  completeTo,
  fresh,
  lateSources,
  notes,
  partial,
  rowsRead,
  elapsedMs,
  revision,
}: Answer): string[] {
  return [
    ...notes,
    ...(partial.length > 0 ? [`Still open: ${partial.join(', ')}`] : []),
    ...(fresh ? [] : [`Late: ${lateSources.map(({ name }) => name).join(', ')}`]),
    `${rowsRead.toLocaleString('en')} rows read in ${Math.round(elapsedMs)} ms, revision ${revision}${
      completeTo === null ? '' : `, complete to ${completeTo}`
    }`,
  ];
}
