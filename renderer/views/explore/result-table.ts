import { toLocalDate, toLocalTime } from '../../../shared/format/local-time.ts';
import { formatRate, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import type { Answer, BreakdownValue } from '../../../shared/query/answer.ts';

/** Any answer as one flat table: what every kind holds, row by row, by the names that the answer itself has. */

export type Cell = string | number | boolean | null;
export type ResultRow = Record<string, Cell>;

export interface ResultTable {
  heads: string[];
  rows: ResultRow[];
}

type Content = Record<string, unknown>;

export function resultTable(answer: Answer): ResultTable {
  const rows = answer.kind === 'trend' ? trendRows(answer) : expandedRows(answer);
  return { heads: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows };
}

function trendRows(answer: Extract<Answer, { kind: 'trend' }>): ResultRow[] {
  const { buckets, previousBuckets = [], series, rest } = answer.result;
  const lines = [
    ...series.map((line) => ({
      line,
      group: line.breakdown === undefined ? null : groupName(line.breakdown),
    })),
    ...(rest?.series ?? []).map((line) => ({ line, group: `remaining ${rest?.values ?? 0}` })),
  ];
  return lines.flatMap(({ line, group }) => {
    const head = {
      series: line.name,
      ...(group === null ? {} : { group }),
      ...(previousBuckets.length > 0 || series.some(({ compare }) => compare === 'previous')
        ? { period: line.compare }
        : {}),
    };
    if (buckets.length === 0) return [{ ...head, value: line.total, ...sidesOfTotal(line) }];
    const own = line.compare === 'previous' ? previousBuckets : buckets;
    return own.map((bucket, index) => ({
      ...head,
      bucket: bucketName(bucket, answer.zone),
      value: line.data[index] ?? null,
      ...(line.numerator === undefined ? {} : { numerator: line.numerator[index] ?? null }),
      ...(line.denominator === undefined ? {} : { denominator: line.denominator[index] ?? null }),
      ...(line.low === undefined ? {} : { low: line.low[index] ?? null }),
      ...(line.high === undefined ? {} : { high: line.high[index] ?? null }),
    }));
  });
}

function sidesOfTotal(line: Extract<Answer, { kind: 'trend' }>['result']['series'][number]): ResultRow {
  const { totalNumerator, totalDenominator, totalLow, totalHigh } = line;
  return {
    ...(totalNumerator === undefined ? {} : { numerator: totalNumerator }),
    ...(totalDenominator === undefined ? {} : { denominator: totalDenominator }),
    ...(totalLow === undefined ? {} : { low: totalLow }),
    ...(totalHigh === undefined ? {} : { high: totalHigh }),
  };
}

function expandedRows(answer: Exclude<Answer, { kind: 'trend' }>): ResultRow[] {
  const result = answer.result as unknown as Content; // read by its own names
  const groups = (result['breakdowns'] ?? []) as ({ value: BreakdownValue } & Content)[];
  const rest = result['rest'] as (Content & { values: number }) | undefined;
  const previous = result['previous'] as Content | undefined;
  const isGrouped = groups.length > 0;
  const parts: { head: ResultRow; content: Content }[] = [
    { head: isGrouped ? { group: 'All' } : {}, content: result },
    ...groups.map((group) => ({ head: { group: groupName(group.value) }, content: group })),
    ...(rest === undefined ? [] : [{ head: { group: `remaining ${rest.values}` }, content: rest }]),
  ];
  const current: ResultRow = previous === undefined ? {} : { period: 'current' };
  return [
    ...parts.flatMap(({ head, content }) =>
      contentRows(answer.kind, content, answer.zone).map((row) => ({ ...current, ...head, ...row })),
    ),
    ...(previous === undefined
      ? []
      : contentRows(answer.kind, previous, answer.zone).map((row) => ({
          period: 'previous',
          ...(isGrouped ? { group: 'All' } : {}),
          ...row,
        }))),
  ];
}

const LISTS = ['steps', 'cohorts', 'links', 'variants', 'bins', 'rows'] as const;

function contentRows(kind: Answer['kind'], content: Content, zone: string): ResultRow[] {
  if (kind === 'stickiness') {
    const counts = content['counts'] as number[];
    return counts.map((users, index) => ({ buckets: index + 1, users }));
  }
  if (kind === 'distribution') return distributionRows(content);
  const buckets = content['buckets'] as string[] | undefined;
  const table = LISTS.map((name) => content[name]).find((list) => Array.isArray(list)) as
    Content[] | undefined;
  if (table !== undefined && kind === 'states' && buckets !== undefined) return statesRows(content, zone);
  if (table !== undefined) {
    const total = kind === 'states' ? [content['total'] as Content] : [];
    const rows = [...table, ...total].map((row, index) =>
      flatRow(kind === 'states' && index === table.length ? { ...row, value: 'All' } : row, zone),
    );
    return [...rows, ...remainderRow(content)];
  }
  if (buckets !== undefined) return bucketRows(content, buckets, zone);
  return [flatRow(content, zone)];
}

function distributionRows(content: Content): ResultRow[] {
  const { bins, quantiles } = content as { bins: ResultRow[]; quantiles: { q: number; value: Cell }[] };
  const single = Object.entries(content).flatMap(([measure, value]) =>
    typeof value === 'number' ? [{ measure, value }] : [],
  );
  return [
    ...single,
    ...quantiles.map(({ q, value }) => ({ measure: `quantile ${q}`, value })),
    ...bins.map(({ from, to, count }) => ({
      measure: `${cellText('from', from ?? null)} to ${cellText('to', to ?? null)}`,
      value: count ?? null,
    })),
  ];
}

function statesRows(content: Content, zone: string): ResultRow[] {
  const { buckets, rows, total } = content as { buckets: string[]; rows: Content[]; total: Content };
  return [{ ...total, value: 'All' }, ...rows].flatMap((row) =>
    buckets.map((bucket, index) => ({
      value: typeof row.value === 'string' ? row.value : NO_NAME,
      bucket: bucketName(bucket, zone),
      n: (row as { n: number[] }).n[index] ?? null,
      captured: (row as { captured: number[] }).captured[index] ?? null,
      completed: (row as { completed: number[] }).completed[index] ?? null,
    })),
  );
}

function remainderRow(content: Content): ResultRow[] {
  const remainder = content['remainder'] as { links: number; count: number } | undefined;
  if (remainder === undefined || remainder.count === 0) return [];
  return [
    { source: `${remainder.links} more links`, target: 'beyond the last step', count: remainder.count },
  ];
}

const SKIPPED = new Set(['breakdowns', 'rest', 'previous', 'members']);

function bucketRows(content: Content, buckets: readonly string[], zone: string): ResultRow[] {
  const lists = Object.entries(content).filter(
    ([name, list]) =>
      Array.isArray(list) && name !== 'buckets' && !SKIPPED.has(name) && !name.endsWith('Members'),
  );
  return buckets.map((bucket, index) => ({
    bucket: bucketName(bucket, zone),
    ...Object.fromEntries(lists.map(([name, list]) => [name, plainCell((list as unknown[])[index])])),
  }));
}

/** Lists inside a row become columns of their own: cells by period, states by name. */
function flatRow(row: Content, zone: string): ResultRow {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, Cell][] => {
      if (SKIPPED.has(name)) return [];
      if (name === 'cells')
        return (value as { count: number }[]).map(({ count }, index) => [`period ${index}`, count]);
      if (name === 'states')
        return (value as { state: string; count: number }[]).map(({ state, count }) => [state, count]);
      if (name === 'captureRate') return [['capture rate', (value as { value: number | null }).value]];
      if (name === 'start') return [['start', toLocalDate(String(value), zone)]];
      if (Array.isArray(value))
        return [[name, value.map((each) => cellText(name, plainCell(each))).join(' to ')]];
      if (typeof value === 'object' && value !== null)
        return Object.entries(flatRow(value as Content, zone)).map(([inner, cell]) => [
          `${name} ${inner}`,
          cell,
        ]);
      return [[name, name === 'value' && value === null ? NO_NAME : plainCell(value)]];
    }),
  );
}

function plainCell(value: unknown): Cell {
  if (Array.isArray(value)) return value.map(String).join(' to ');
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

const NO_NAME = '(none)';

export const groupName = (value: BreakdownValue): string =>
  Array.isArray(value) ? value.map((each) => each ?? NO_NAME).join(', ') : (value ?? NO_NAME);

/** Days and longer by date; hours with their time. */
function bucketName(bucket: string, zone: string): string {
  const { date, time } = toLocalTime(bucket, zone);
  return time === '00:00' ? date : `${date} ${time}`;
}

const RATES = new Set([
  'capture rate',
  'fromPrevious',
  'fromFirst',
  'rate',
  'bounce_rate',
  'bounce_rate_interval',
]);

/** As people read it; "–" is not defined. */
export function cellText(name: string, cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return NOT_DEFINED;
  if (typeof cell !== 'number') return String(cell);
  if (RATES.has(name)) return formatRate(cell);
  return cell.toLocaleString('en-GB', { maximumFractionDigits: 4 }).replace(/^-/, '−');
}

export const isNumberColumn = (rows: readonly ResultRow[], name: string): boolean =>
  rows.some((row) => typeof row[name] === 'number');
