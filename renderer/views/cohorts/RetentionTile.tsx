import { useMemo } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { useAddress } from '../../state/address-store.ts';
import { CELL_FIGURES } from '../../state/cohorts-address.ts';
import { capitalise } from '../../state/event-names.ts';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import { type CohortRow, placeholderTable } from './columns.ts';
import { EmptyCohorts } from './EmptyCohorts.tsx';
import { allRetentionOffers, retentionOffersAt } from './people-offers.ts';
import { RetentionHeat } from './RetentionHeat.tsx';
import type { Cohorts } from './use-cohorts.ts';
import { cohortsInWords, columnName, columnSpan, inColumn, retentionInWords } from './words.ts';

interface RetentionTileProps {
  cohorts: Cohorts;
  /** The second of two that stand side by side. */
  id?: 'retention' | 'retention-against';
  /** Whose it is, where there are two. */
  whose?: string;
}

export function RetentionTile({ cohorts, id = 'retention', whose }: RetentionTileProps) {
  const { state, table, questions } = cohorts;
  const { span, calendar } = cohorts;
  const placeholder = useMemo(
    () => placeholderTable(span, state.interval, calendar.weekStart),
    [span, state.interval, calendar.weekStart],
  );
  usePeopleOffers(id, {
    at: (key) => retentionOffersAt(cohorts, key),
    all: () => allRetentionOffers(cohorts),
  });
  const people = table?.rows.reduce((sum, { size }) => sum + size, 0);
  return (
    <Tile
      id={id}
      title={whose ?? 'Retention'}
      subtitle={retentionInWords(state, state.figure === 'count' ? 'people' : '%')}
      summary={summaryOf(cohorts)}
      questions={[questions.main]}
      lateEffect="Returns of the last hours are missing from the last cell of each cohort."
      legend={<FigureMenu cohorts={cohorts} />}
      empty={people === 0 ? <EmptyCohorts cohorts={cohorts} /> : null}
      chart={<RetentionHeat cohorts={cohorts} table={table ?? placeholder} isTight={whose !== undefined} />}
      table={
        <DataTable
          caption="Retention by cohort"
          columns={cellColumns(cohorts)}
          rows={table?.rows ?? []}
          rowKey={({ start }) => start}
          anchorOf={({ start }) => ({ kind: 'retention_row', cohort: start })}
        />
      }
    />
  );
}

function FigureMenu({ cohorts: { state } }: { cohorts: Cohorts }) {
  const go = useAddress((store) => store.go);
  return (
    <MenuButton
      name="Show"
      label="Figures in the cells"
      value={state.figure}
      align="end"
      choices={CELL_FIGURES.map((id) => ({ id, label: capitalise(id) }))}
      chosen={state.figure}
      onChoose={(figure) => {
        go({ cohorts: { ...state, figure } });
      }}
    />
  );
}

function cellColumns({ state, table }: Cohorts): DataColumn<CohortRow>[] {
  const columns = Array.from({ length: table?.columns ?? 0 }, (_, column) => column);
  return [
    { key: 'start', label: capitalise(state.interval), isHead: true, text: ({ start }) => start },
    { key: 'size', label: 'People', isNumber: true, text: ({ size }) => formatCount(size) },
    ...columns.slice(1).flatMap((column): DataColumn<CohortRow>[] => [
      {
        key: `count-${column}`,
        label: capitalise(columnName(state, column)),
        isNumber: true,
        text: ({ cells }) => (cells[column] === undefined ? '' : formatCount(cells[column].count)),
      },
      {
        key: `rate-${column}`,
        label: '%',
        isNumber: true,
        text: ({ cells }) => {
          const cell = cells[column];
          if (cell === undefined) return '';
          return `${formatRate(cell.value)}${cell.isPartial ? ' so far' : ''}`;
        },
      },
    ]),
  ];
}

function summaryOf({ table, totals, state, calendar }: Cohorts): string {
  if (table === null || totals === null) return 'Not read yet.';
  const total = totals[state.column];
  const latest = table.rows.findLast(({ cells }) => cells[state.column]?.isPartial === false);
  const at = inColumn(state, state.column);
  const rate = total === undefined || total.n === 0 ? '' : ` ${formatRate(total.value)} come back ${at}.`;
  const last =
    latest === undefined
      ? ''
      : ` Latest complete cohort ${formatDate(latest.start, calendar.today)}: ${formatRate(latest.cells[state.column]?.value ?? null)}.`;
  return `${cohortsInWords(table.rows.length, state)}.${rate}${last} Columns up to ${columnSpan(state, Math.max(0, table.columns - 1))}.`;
}
