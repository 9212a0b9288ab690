import { useCallback, useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { peopleMark, usePeopleOffers } from '../../cohorts/people-offers.ts';
import { columnTotals, retentionTable } from './columns.ts';
import { firstReactionOffersAt } from './people-offers.ts';
import { type Cohorts, retentionIn } from './use-cohorts.ts';
import { columnName } from './words.ts';

interface ReactionRate extends ListedRate {
  count: number;
  isPartial: boolean;
}

const NO_REACTION = 'No reaction';
const NO_REACTION_ID = 'none';

/** Who comes back, by the state of the first reaction ever. */
export function FirstReactionTile({ cohorts }: { cohorts: Cohorts }) {
  const { reactions, state, fresh } = cohorts;
  const rows = useMemo(() => ratesOf(cohorts), [...keysOf(cohorts), state.column]);
  const reference = fresh?.totals[state.column]?.value ?? null;
  const name = columnName(state, state.column);
  const describe = useCallback(
    (index: number) => describeRow(rows[index], name, reference),
    [rows, name, reference],
  );
  usePeopleOffers('first-reaction', {
    at: (key) => firstReactionOffersAt(cohorts, key),
    all: () => rows.flatMap(({ id }) => firstReactionOffersAt(cohorts, id)),
  });
  const isNone = rows.length > 0 && rows.every(({ n }) => n === 0);
  return (
    <Tile
      id="first-reaction"
      title="By first reaction"
      subtitle={`${name} retention; association only`}
      summary={rows.map((row) => `${row.name} ${formatRate(row.value)}`).join(', ') || 'No states are known.'}
      questions={reactions.map(({ question }) => question)}
      lateEffect="First reactions of the last hours are missing."
      empty={
        isNone ? (
          <div className="tile-block">
            <h3>Nobody has reached {name}</h3>
            <p>No cohort of these dates is old enough, or nobody of it reacted.</p>
          </div>
        ) : null
      }
      chart={
        <IntervalList
          label="Retention by first reaction"
          rows={rows}
          reference={reference}
          hasValues
          describe={describe}
          attributesOf={(id) => peopleMark(id === NO_REACTION_ID ? null : id)}
        />
      }
      table={
        <DataTable
          caption={`Retention in ${name} by first reaction`}
          columns={COLUMNS}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

/** What the rows are made of; as many as there are states. */
const keysOf = ({ reactions }: Cohorts): unknown[] => [
  reactions.map(({ answered }) => answered.state.good?.atMs ?? 0).join(),
  reactions.map(({ name }) => name?.id ?? '').join(),
];

function ratesOf({ reactions, state }: Cohorts): ReactionRate[] {
  return reactions.map(({ name, answered }): ReactionRate => {
    const answer = retentionIn(answered);
    const total = answer === null ? undefined : columnTotals(retentionTable(answer))[state.column];
    const n = total?.n ?? 0;
    return {
      id: name?.id ?? NO_REACTION_ID,
      name: name?.label ?? NO_REACTION,
      value: total?.value ?? null,
      low: total?.low ?? null,
      high: total?.high ?? null,
      count: total?.count ?? 0,
      n,
      isSmall: answer !== null && n < SMALL_SAMPLE,
      isPartial: total?.isPartial ?? false,
      ...(name === null ? { isNone: true } : { slot: name.slot }),
    };
  });
}

function describeRow(row: ReactionRate | undefined, name: string, reference: number | null): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  const notes = [
    'Association only: what people felt first and whether they return may share a cause',
    ...(row.isPartial ? [`${name} is not over for any of them`] : []),
  ];
  return {
    title: row.id === NO_REACTION_ID ? 'No reaction so far' : `First reaction ${row.name}`,
    rows: [
      { label: 'Came back', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'People', value: `${formatCount(row.count)} of ${formatCount(row.n)}` },
      { label: 'All new people', value: formatRate(reference) },
    ],
    note: notes.join('. '),
  };
}

const COLUMNS: DataColumn<ReactionRate>[] = [
  { key: 'state', label: 'First reaction', isHead: true, text: ({ name }) => name },
  {
    key: 'rate',
    label: '% back',
    isNumber: true,
    text: ({ value, isPartial }) => `${formatRate(value)}${isPartial ? ' so far' : ''}`,
  },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'count', label: 'Back', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'n', label: 'People', isNumber: true, text: ({ n }) => formatCount(n) },
];
