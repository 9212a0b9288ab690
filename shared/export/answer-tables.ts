import type { Answer, AnswerOf, StatesRow, StatesSeriesRow, TrendLine } from '../query/answer.ts';
import type {
  DistributionContent,
  ExperimentContent,
  FunnelContent,
  LifecycleContent,
  PathsContent,
  RetentionContent,
  StickinessContent,
} from '../query/kind-answers.ts';
import type { QuerySpecInput } from '../query/spec.ts';
import { type ExportRow, type ExportTable, placeOf } from './export-table.ts';
import { valueInWords, type Variant, variantsOf } from './expanded.ts';

/** An answer as rows, one per group. Long because it has a case per kind; each is a plain unfolding. */

export interface TableOptions {
  /** Fewer units than this are marked. */
  smallSample: number;
}

export function answerTables(spec: QuerySpecInput, answer: Answer, options: TableOptions): ExportTable[] {
  switch (answer.kind) {
    case 'trend':
      return [trendTable(answer, options)];
    case 'states':
      return statesTables(answer, options);
    case 'sessions':
      return [sessionsTable(answer)];
    case 'funnel':
      return unfold<FunnelContent>(answer.result, (variant) => funnelTable(variant, spec));
    case 'retention':
      return unfold<RetentionContent>(answer.result, retentionTable);
    case 'lifecycle':
      return unfold<LifecycleContent>(answer.result, lifecycleTable);
    case 'stickiness':
      return unfold<StickinessContent>(answer.result, stickinessTable);
    case 'paths':
      return unfold<PathsContent>(answer.result, pathsTable);
    case 'distribution':
      return unfold<DistributionContent>(answer.result, distributionTable);
    case 'experiment':
      return unfold<ExperimentContent>(answer.result, experimentTable);
  }
}

const TOTAL = 'whole range';

function trendTable({ result, partial, zone }: AnswerOf<'trend'>, options: TableOptions): ExportTable {
  const rows = result.series.flatMap((line) => {
    const starts = line.compare === 'previous' ? (result.previousBuckets ?? []) : result.buckets;
    const perBucket = line.data.map((value, index) =>
      trendRow(line, {
        at: starts[index] ?? '',
        numbers: [
          value,
          line.numerator?.[index],
          line.denominator?.[index],
          line.low?.[index],
          line.high?.[index],
        ],
        isOpen: line.compare === 'current' && isOpen(starts[index] ?? '', partial, zone),
        options,
      }),
    );
    const total = trendRow(line, {
      at: TOTAL,
      numbers: [line.total, line.totalNumerator, line.totalDenominator, line.totalLow, line.totalHigh],
      isOpen: false,
      options,
    });
    return [...perBucket, total];
  });
  return {
    title: 'Trend',
    keyColumns: ['series', 'value', 'period', 'bucket'],
    numberColumns: ['number', 'numerator', 'denominator', 'low', 'high'],
    rows,
  };
}

interface TrendCells {
  at: string;
  numbers: readonly (number | null | undefined)[];
  isOpen: boolean;
  options: TableOptions;
}

function trendRow(line: TrendLine, { at, numbers, isOpen: open, options }: TrendCells): ExportRow {
  const [value, , denominator] = numbers;
  const n = denominator ?? (Number.isInteger(value) ? (value ?? null) : null);
  return {
    keys: [line.name, valueInWords(line.breakdown), line.compare, at],
    numbers: numbers.map((number) => number ?? null),
    note: noteOf({ open, n: denominator ?? null, options }),
    n,
    place: placeOf(line.name, line.breakdown ?? null, line.compare, at),
  };
}

/** Open buckets are named by local date, hours by their instant. */
function isOpen(start: string, partial: readonly string[], zone: string): boolean {
  if (partial.includes(start)) return true;
  if (partial.length === 0 || Number.isNaN(Date.parse(start))) return false;
  return partial.includes(new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date(start)));
}

function noteOf({ open, n, options }: { open: boolean; n: number | null; options: TableOptions }): string {
  const notes = [
    ...(open ? ['still filling'] : []),
    ...(n !== null && n > 0 && n < options.smallSample ? ['small sample'] : []),
  ];
  return notes.join(', ');
}

type AnyStatesRow = StatesRow | StatesSeriesRow;

function statesTables({ result, partial, zone }: AnswerOf<'states'>, options: TableOptions): ExportTable[] {
  const variants = variantsOf<{ buckets?: string[]; rows: AnyStatesRow[]; total: AnyStatesRow }>(result);
  const capture: ExportRow[] = [];
  const shares: ExportRow[] = [];
  for (const { content, value, compare } of variants) {
    const starts = content.buckets ?? [TOTAL];
    const base = value === undefined ? [] : [valueInWords(value)];
    for (const [row, name] of [
      ...content.rows.map((each) => [each, each.value ?? 'not set'] as const),
      [content.total, 'all'] as const,
    ]) {
      starts.forEach((at, index) => {
        const open = compare === 'current' && isOpen(at, partial, zone);
        const whole = name === 'all' ? 'all' : row.value;
        const pick = (list: number | null | readonly (number | null)[]): number | null =>
          typeof list === 'object' && list !== null ? (list[index] ?? null) : list;
        const completed = pick(row.completed);
        const n = pick(row.n);
        const keys = [...base, name, compare, at].slice(-3);
        capture.push({
          keys,
          numbers: [
            completed,
            pick(row.captured),
            pick(row.captureRate.value),
            pick(row.captureRate.low),
            pick(row.captureRate.high),
          ],
          note: noteOf({ open, n: completed, options }),
          n: completed,
          place: placeOf('completed', whole, compare, at),
        });
        for (const state of row.states) {
          shares.push({
            keys: [...keys.slice(0, 1), state.state, ...keys.slice(1)],
            numbers: [pick(state.count), n, pick(state.value)],
            note: noteOf({ open, n, options }),
            n: pick(state.count),
            place: placeOf('reactions', whole, state.state, compare, at),
          });
        }
      });
    }
  }
  return [
    {
      title: 'Capture rate',
      keyColumns: ['group', 'period', 'bucket'],
      numberColumns: ['completed', 'captured', 'capture_rate', 'low', 'high'],
      rows: capture,
    },
    {
      title: 'States',
      keyColumns: ['group', 'state', 'period', 'bucket'],
      numberColumns: ['reactions', 'of', 'share'],
      rows: shares,
    },
  ];
}

function sessionsTable({ result }: AnswerOf<'sessions'>): ExportTable {
  const names = ['sessions', 'users', 'views_per_session', 'mean_duration', 'bounce_rate'] as const;
  const rows = variantsOf<AnswerOf<'sessions'>['result']>(result).flatMap(({ content, value, compare }) =>
    (content.buckets ?? [TOTAL]).map((at, index): ExportRow => {
      const numbers = names.map((name) => {
        const list = content[name];
        return typeof list === 'object' && list !== null ? (list[index] ?? null) : (list ?? null);
      });
      const [sessions = null, users = null] = numbers;
      return {
        keys: [valueInWords(value), compare, at],
        numbers,
        note: '',
        n: users ?? sessions,
        place: users === null ? placeOf('users', value ?? null, compare, at) : null,
      };
    }),
  );
  return { title: 'Sessions', keyColumns: ['value', 'period', 'bucket'], numberColumns: names, rows };
}

/** The tables of all variants under each other, with the variant's keys in front. */
function unfold<Content>(
  result: Content & Parameters<typeof variantsOf<Content>>[0],
  tableOf: (variant: Variant<Content>) => ExportTable,
): ExportTable[] {
  const tables = variantsOf<Content>(result).map((variant) => ({ variant, table: tableOf(variant) }));
  const [first] = tables;
  if (first === undefined) return [];
  return [
    {
      ...first.table,
      keyColumns: ['value', 'period', ...first.table.keyColumns],
      rows: tables.flatMap(({ variant: { value, compare }, table }) =>
        table.rows.map((row) => ({ ...row, keys: [valueInWords(value), compare, ...row.keys] })),
      ),
    },
  ];
}

const counted = (keys: (string | null)[], numbers: (number | null)[], n: number | null): ExportRow => ({
  keys,
  numbers,
  note: '',
  n,
  place: null,
});

function funnelTable({ content, value, compare }: Variant<FunnelContent>, spec: QuerySpecInput): ExportTable {
  const countsPeople = spec.kind === 'funnel' && (spec.unit ?? 'user') === 'user';
  if ('steps' in content) {
    return {
      title: 'Steps',
      keyColumns: ['step', 'name'],
      numberColumns: [
        'count',
        'from_previous',
        'from_first',
        'mean_seconds',
        'median_seconds',
        'p90_seconds',
      ],
      rows: content.steps.map((step, index) => ({
        ...counted(
          [String(index + 1), step.name],
          [
            step.count,
            step.fromPrevious,
            step.fromFirst,
            step.meanSeconds,
            step.medianSeconds,
            step.p90Seconds,
          ],
          step.count,
        ),
        place: countsPeople ? null : placeOf('step', value ?? null, compare, index),
      })),
    };
  }
  if ('entered' in content) {
    return {
      title: 'Conversion by time of entry',
      keyColumns: ['bucket'],
      numberColumns: ['entered', 'converted', 'rate'],
      rows: content.buckets.map((at, index) => ({
        ...counted(
          [at],
          [content.entered[index] ?? null, content.converted[index] ?? null, content.rate[index] ?? null],
          content.entered[index] ?? null,
        ),
        place: countsPeople ? null : placeOf('entered', value ?? null, compare, at),
      })),
    };
  }
  return {
    title: 'Time to convert',
    keyColumns: ['bin'],
    numberColumns: ['from_seconds', 'to_seconds', 'count'],
    rows: content.bins.map((bin, index) =>
      counted([String(index + 1)], [bin.fromSeconds, bin.toSeconds, bin.count], bin.count),
    ),
  };
}

function retentionTable({ content }: Variant<RetentionContent>): ExportTable {
  return {
    title: 'Retention',
    keyColumns: ['cohort', 'column'],
    numberColumns: ['size', 'back', 'share'],
    rows: content.cohorts.flatMap(({ start, size, cells }) =>
      cells.map(({ count, partial }, column) => ({
        ...counted([start, String(column)], [size, count, size === 0 ? null : count / size], count),
        note: partial ? 'still filling' : '',
      })),
    ),
  };
}

const LIFECYCLE = ['new', 'returning', 'resurrected', 'dormant'] as const;

function lifecycleTable({ content }: Variant<LifecycleContent>): ExportTable {
  return {
    title: 'Lifecycle',
    keyColumns: ['bucket', 'status'],
    numberColumns: ['users'],
    rows: content.buckets.flatMap((at, index) =>
      LIFECYCLE.map((status) => {
        const users = content[status][index] ?? null;
        return counted([at, status], [users], users);
      }),
    ),
  };
}

function stickinessTable({ content }: Variant<StickinessContent>): ExportTable {
  return {
    title: 'Stickiness',
    keyColumns: ['active_in'],
    numberColumns: ['users'],
    rows: content.counts.map((users, index) => counted([String(index + 1)], [users], users)),
  };
}

function pathsTable({ content }: Variant<PathsContent>): ExportTable {
  return {
    title: 'Paths',
    keyColumns: ['source', 'target', 'step'],
    numberColumns: ['count', 'mean_seconds'],
    rows: [
      ...content.links.map(({ source, target, step, count, meanSeconds }) =>
        counted([source, target, String(step + 1)], [count, meanSeconds], count),
      ),
      counted(['not drawn', '', ''], [content.remainder.count, null], content.remainder.count),
    ],
  };
}

function distributionTable({ content }: Variant<DistributionContent>): ExportTable {
  const { n, missing, sum, mean, min, max, quantiles, bins } = content;
  const figures: [string, number | null][] = [
    ['n', n],
    ['missing', missing],
    ['sum', sum],
    ['mean', mean],
    ['min', min],
    ['max', max],
    ...quantiles.map(({ q, value }): [string, number | null] => [`quantile ${q}`, value]),
  ];
  return {
    title: 'Distribution',
    keyColumns: ['figure'],
    numberColumns: ['number', 'from', 'to'],
    rows: [
      ...figures.map(([name, value]) => counted([name], [value, null, null], n)),
      ...bins.map(({ from, to, count }, index) => counted([`bin ${index + 1}`], [count, from, to], count)),
    ],
  };
}

function experimentTable({ content }: Variant<ExperimentContent>): ExportTable {
  const numberColumns = ['n', 'mean', 'effect', 'low', 'high', 'p_value'];
  if (!('variants' in content)) {
    return {
      title: 'Plan',
      keyColumns: ['figure'],
      numberColumns: ['number'],
      rows: [
        counted(['power'], [content.power], null),
        counted(['minimum effect'], [content.minimumEffect], null),
      ],
    };
  }
  return {
    title: 'Variants',
    keyColumns: ['variant'],
    numberColumns,
    rows: content.variants.map(({ name, n, mean, effect, low, high, pValue, reason }) => ({
      ...counted([name], [n, mean, effect, low, high, pValue], n),
      note: reason ?? '',
    })),
  };
}
