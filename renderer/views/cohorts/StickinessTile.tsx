import { useCallback, useMemo } from 'react';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { stickinessChart } from '../../charts/stickiness.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { comparedInWords } from '../../state/compared-words.ts';
import { capitalise } from '../../state/event-names.ts';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import { type Stickiness, type StickinessColumn, stickinessColumns } from './columns.ts';
import { EmptyCohorts } from './EmptyCohorts.tsx';
import { periodsMark, stickinessOffersAt } from './people-offers.ts';
import type { Cohorts } from './use-cohorts.ts';
import { lowerEvent } from './words.ts';

const NOTHING: Stickiness = { columns: [], users: 0, hasPrevious: false };

/** In how many periods people were active. */
export function StickinessTile({ cohorts }: { cohorts: Cohorts }) {
  const { questions, state, address, span } = cohorts;
  const { good } = questions.stickiness.state;
  const found = useMemo(
    () => (good?.answer.kind === 'stickiness' ? stickinessColumns(good.answer) : null),
    [good],
  );
  const { columns, users, hasPrevious } = found ?? NOTHING;
  const { interval } = state;
  const draw = useCallback(
    (size: ChartSize) => stickinessChart(columns, { ...size, unit: interval }),
    [columns, interval],
  );
  const names = useMemo(
    () => columns.map(({ periods }) => formatQuantity(periods, interval)),
    [columns, interval],
  );
  const describe = useCallback(
    (index: number) => describeColumn(columns[index], interval, users),
    [columns, interval, users],
  );
  const peopleAt = useCallback(
    (index: number) => (columns[index] === undefined ? null : periodsMark(columns[index].periods)),
    [columns],
  );
  usePeopleOffers('stickiness', {
    at: (key) => stickinessOffersAt(cohorts, columns, key),
    all: () => columns.flatMap(({ periods }) => stickinessOffersAt(cohorts, columns, periodsMark(periods))),
  });
  return (
    <Tile
      id="stickiness"
      title="Stickiness"
      subtitle={`% of ${formatCount(users)} people with ${lowerEvent(state.return)} in exactly so many of ${formatQuantity(columns.length, interval)}${hasPrevious ? `; tick: ${comparedInWords(address, span)}` : ''}`}
      summary={summaryOf(columns, users, interval)}
      questions={[questions.stickiness]}
      lateEffect="Activity of the last hours may be missing."
      empty={found?.users === 0 ? <EmptyCohorts cohorts={cohorts} /> : null}
      chart={
        <Chart
          label="Stickiness"
          draw={draw}
          dates={names}
          xAt={middleOf}
          describe={describe}
          peopleAt={peopleAt}
        />
      }
      table={
        <DataTable
          caption={`People by active ${interval}s`}
          columns={stickinessTable(interval, hasPrevious)}
          rows={columns}
          rowKey={({ periods }) => String(periods)}
        />
      }
    />
  );
}

const middleOf = (index: number): number => index + 0.5;

function describeColumn(
  column: StickinessColumn | undefined,
  interval: string,
  users: number,
): TooltipContent {
  if (column === undefined) return { title: '', rows: [] };
  return {
    title: `Active in ${formatQuantity(column.periods, interval)}`,
    rows: [
      { label: 'Share', value: formatRate(column.value), isStrong: true },
      { label: '95% interval', value: intervalText(column) },
      { label: 'People', value: `${formatCount(column.count)} of ${formatCount(users)}` },
      {
        label: 'In at least so many',
        value: formatRate(users === 0 ? null : column.atLeast / users),
        detail: formatCount(column.atLeast),
      },
      ...(column.previous === null ? [] : [{ label: 'Compared', value: formatRate(column.previous) }]),
    ],
  };
}

const stickinessTable = (interval: string, hasPrevious: boolean): DataColumn<StickinessColumn>[] => [
  {
    key: 'periods',
    label: `Active ${interval}s`,
    isHead: true,
    text: ({ periods }) => String(periods),
  },
  { key: 'count', label: 'People', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'rate', label: '%', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'at-least', label: 'At least so many', isNumber: true, text: ({ atLeast }) => formatCount(atLeast) },
  ...(hasPrevious
    ? [
        {
          key: 'previous',
          label: '% then',
          isNumber: true,
          text: ({ previous }: StickinessColumn) => formatRate(previous),
        },
      ]
    : []),
];

function summaryOf(columns: readonly StickinessColumn[], users: number, interval: string): string {
  const most = columns.toSorted((a, b) => b.count - a.count)[0];
  if (most === undefined || users === 0) return 'Not read yet.';
  const mean = columns.reduce((sum, { periods, count }) => sum + periods * count, 0) / users;
  return `${capitalise(formatCount(users))} people, ${mean.toFixed(1)} ${interval}s on average. Most common: ${formatQuantity(most.periods, interval)}, ${formatRate(most.value)}.`;
}
