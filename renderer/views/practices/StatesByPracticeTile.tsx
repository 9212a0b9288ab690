import { useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { intervalText } from '../../parts/interval-text.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { firstRows } from '../../parts/first-rows.ts';
import { Tile } from '../../parts/Tile.tsx';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import { nameOf } from '../../state/names.ts';
import { type StatesGroup, type StatesGroups, strongestOf } from './columns.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { HeatTable } from './HeatTable.tsx';
import { allPracticeOffers, practiceOffersAt } from './people-offers.ts';
import { SortMenu } from './SortMenu.tsx';
import { sortGroups } from './sort-groups.ts';
import type { Practices } from './use-practices.ts';

export function StatesByPracticeTile({ practices }: { practices: Practices }) {
  const { byPractice, questions, environment, address } = practices;
  const question = questions.statesByPractice;
  const nameOfRow = useMemo(
    () => (id: string | null) => (id === null ? '(none)' : nameOf('practice', id, environment)),
    [environment],
  );
  const rows = useMemo(
    () => (byPractice === null ? [] : sortGroups(byPractice.rows, address.sort, nameOfRow)),
    [byPractice, address.sort, nameOfRow],
  );
  const chosen = address.filters.practice;
  const drawn = useMemo(
    () => firstRows(rows, ({ id }) => id !== null && chosen.includes(id)),
    [rows, chosen],
  );
  usePeopleOffers('states-by-practice', {
    at: (key) => practiceOffersAt(practices, key),
    all: () => allPracticeOffers(practices),
  });
  return (
    <Tile
      id="states-by-practice"
      title="States by practice"
      subtitle={`% of reactions, strongest state outlined${skippedInWords(practices)}`}
      summary={summaryOf(byPractice, nameOfRow)}
      questions={[question]}
      lateEffect="Reactions of the last hours are missing from n, the capture rates and the shares."
      legend={<SortMenu names={byPractice?.names ?? []} />}
      empty={byPractice?.rows.length === 0 ? <EmptySessions practices={practices} what="reactions" /> : null}
      chart={
        <HeatTable
          practices={practices}
          groups={byPractice}
          rows={drawn}
          hidden={rows.length - drawn.length}
          nameOfRow={nameOfRow}
        />
      }
      table={
        <DataTable
          caption="Reactions by practice and state"
          columns={groupColumns('Practice', byPractice, (row) =>
            row === byPractice?.total ? 'All practices' : nameOfRow(row.id),
          )}
          rows={rows}
          rowKey={({ id }) => id ?? ''}
          anchorOf={({ id }) => (id === null ? null : { kind: 'practice', id })}
          {...(byPractice === null ? {} : { total: byPractice.total })}
        />
      }
    />
  );
}

/** This tile sets these filters, so it shows what they leave out as well. */
function skippedInWords({ address: { filters } }: Practices): string {
  const skipped = [
    ...(filters.practice.length > 0 ? ['practices'] : []),
    ...(filters.state.length > 0 ? ['states'] : []),
  ];
  return skipped.length === 0 ? '' : `; all ${skipped.join(' and ')}`;
}

export function groupColumns(
  head: string,
  groups: StatesGroups | null,
  nameOfRow: (row: StatesGroup) => string,
): DataColumn<StatesGroup>[] {
  return [
    { key: 'name', label: head, isHead: true, text: nameOfRow },
    {
      key: 'completed',
      label: 'Completed sessions',
      isNumber: true,
      text: ({ completed }) => formatCount(completed),
    },
    {
      key: 'captured',
      label: 'Captured sessions',
      isNumber: true,
      text: ({ captured }) => formatCount(captured),
    },
    { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ rate }) => formatRate(rate.value) },
    { key: 'interval', label: '95% interval', isNumber: true, text: ({ rate }) => intervalText(rate) },
    { key: 'n', label: 'Reactions', isNumber: true, text: ({ n }) => formatCount(n) },
    ...(groups?.names ?? []).flatMap(({ id, label }): DataColumn<StatesGroup>[] => {
      const stateOf = ({ states }: StatesGroup) => states.find(({ name }) => name.id === id);
      return [
        { key: id, label, isNumber: true, text: (row) => formatCount(stateOf(row)?.count ?? 0) },
        {
          key: `${id}-share`,
          label: '%',
          isNumber: true,
          text: (row) => formatRate(stateOf(row)?.share.value ?? null),
        },
      ];
    }),
  ];
}

function summaryOf(groups: StatesGroups | null, nameOfRow: (id: string | null) => string): string {
  if (groups === null) return 'Not read yet.';
  const strongest = groups.rows.slice(0, 3).map((row) => {
    const state = strongestOf(row);
    return `${nameOfRow(row.id)} ${state === null ? 'no reactions' : `${state.name.label} ${formatRate(state.share.value, 0)}`}`;
  });
  return `${formatCount(groups.rows.length)} practices. Strongest states: ${strongest.join(', ')}.`;
}
