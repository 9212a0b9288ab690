import { useCallback, useMemo } from 'react';
import { formatCount, formatPoints, formatSignedPercentNumber } from '../../../shared/format/numbers.ts';
import { ViewPage } from '../../app/ViewPage.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { type ListedPair, PairList } from '../../parts/PairList.tsx';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { nameOf } from '../../state/names.ts';
import { hasFilters } from '../../state/question-parts.ts';
import type { ViewProps } from '../../state/use-view-base.ts';
import type { MasterRow } from '../practices/columns.ts';
import { inOrderOf, type NewAndReturning, sortMasters } from './columns.ts';
import { EmptyMasters } from './EmptyMasters.tsx';
import { MastersListTile } from './MastersListTile.tsx';
import { OverTimeTile } from './OverTimeTile.tsx';
import { type Masters, useMasters } from './use-masters.ts';
import { describeMasters, mastersFigures } from './words.ts';
import './masters-view.css';

/** Every master beside what the practice mix leads to expect. */
export function MastersView(props: ViewProps) {
  const masters = useMasters(props);
  const { base, rows, states, fresh, returning, questions } = masters;
  const { environment, address } = base;
  const nameOfMaster = useCallback(
    (id: string | null) => (id === null ? 'No master' : nameOf('master', id, environment)),
    [environment],
  );
  const sorted = useMemo(
    () => (rows === null ? null : sortMasters(rows, address.sort, nameOfMaster)),
    [rows, address.sort, nameOfMaster],
  );
  return (
    <ViewPage
      base={base}
      title="Masters"
      finding={rows && describeMasters(rows, nameOfMaster, hasFilters(address))}
      isFound={[questions.impact, questions.states].every(({ state }) => state.fetching === null)}
      matched={
        states !== null && (
          <>
            <strong>{formatCount(states.total.completed)}</strong> sessions
          </>
        )
      }
    >
      <KeyFigures
        figures={mastersFigures({ rows, states, fresh, returning })}
        questions={[questions.impact, questions.states, questions.fresh, questions.returning]}
      />
      <div className="masters-tiles">
        <MastersListTile masters={masters} rows={sorted} nameOf={nameOfMaster} />
        <OverTimeTile masters={masters} rows={sorted} nameOf={nameOfMaster} />
        <NewTile masters={masters} nameOf={nameOfMaster} />
      </div>
    </ViewPage>
  );
}

interface NewTileProps {
  masters: Masters;
  nameOf: (id: string | null) => string;
}

/** The difference from expected among new people and among returning ones. */
function NewTile({ masters, nameOf: nameOfMaster }: NewTileProps) {
  const { pairs, questions } = masters;
  const sort = useAddress(({ address }) => address.sort);
  const rows = useMemo(() => {
    if (pairs === null || masters.rows === null) return [];
    return inOrderOf(pairs, sortMasters(masters.rows, sort, nameOfMaster));
  }, [pairs, masters.rows, sort, nameOfMaster]);
  const listed = useMemo(() => rows.map((row) => listedOf(row, nameOfMaster(row.id))), [rows, nameOfMaster]);
  const describe = useCallback(
    ({ id }: ListedPair) =>
      describePair(
        rows.find((row) => row.id === id),
        nameOfMaster,
      ),
    [rows, nameOfMaster],
  );
  return (
    <Tile
      id="masters-new"
      title="New and returning"
      subtitle="capture minus expected among each, pp, 95% interval"
      summary={
        rows.length === 0
          ? 'Not read yet.'
          : `${rows.map(({ id, fresh, returning }) => `${nameOfMaster(id)} new ${formatPoints(fresh?.impact.value ?? null)}, returning ${formatPoints(returning?.impact.value ?? null)}`).join('; ')}.`
      }
      questions={[questions.impactOfNew, questions.impactOfReturning]}
      lateEffect="Reactions of the last hours are missing on both sides of the difference."
      empty={pairs?.length === 0 ? <EmptyMasters masters={masters} /> : null}
      chart={
        <PairList
          label="New and returning"
          rows={listed}
          columns={['New', 'Ret.']}
          legend={
            <span className="pair-legend">
              <span className="pair-open" />
              New
              <span className="pair-filled" />
              Returning
            </span>
          }
          mark="dot"
          isDifference
          describe={describe}
        />
      }
      table={
        <DataTable
          caption="Difference among new and returning people"
          columns={newColumns(nameOfMaster)}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

const NOTHING = { value: null, low: null, high: null };

function listedOf({ id, fresh, returning }: NewAndReturning, name: string): ListedPair {
  const [ofNew, ofReturning] = [fresh?.impact ?? NOTHING, returning?.impact ?? NOTHING];
  const text = (value: number | null): string => (value === null ? '–' : formatSignedPercentNumber(value, 1));
  return {
    id,
    name,
    head: <SubjectLink kind="master" id={id} name={name} />,
    one: ofNew,
    other: ofReturning,
    isSmall: Math.min(fresh?.completed ?? 0, returning?.completed ?? 0) < SMALL_SAMPLE,
    figures: [text(ofNew.value), text(ofReturning.value)],
  };
}

const impactText = (row: MasterRow | null): string => {
  const { low = null, high = null } = row?.impact ?? {};
  return low === null || high === null
    ? '–'
    : `${formatPoints(low).replace(' pp', '')} to ${formatPoints(high)}`;
};

function describePair(
  row: NewAndReturning | undefined,
  nameOfMaster: (id: string | null) => string,
): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  const side = (label: string, of: MasterRow | null) => [
    { label, value: formatPoints(of?.impact.value ?? null), detail: impactText(of), isStrong: true },
    { label: 'Sessions', value: formatCount(of?.completed ?? 0) },
  ];
  return {
    title: nameOfMaster(row.id),
    rows: [...side('New', row.fresh), ...side('Returning', row.returning)],
  };
}

function newColumns(nameOfMaster: (id: string | null) => string): DataColumn<NewAndReturning>[] {
  const side = (key: 'fresh' | 'returning', label: string): DataColumn<NewAndReturning>[] => [
    { key, label, isNumber: true, text: (row) => formatPoints(row[key]?.impact.value ?? null) },
    { key: `${key}-interval`, label: '95% interval', isNumber: true, text: (row) => impactText(row[key]) },
    { key: `${key}-n`, label: 'n', isNumber: true, text: (row) => formatCount(row[key]?.completed ?? 0) },
  ];
  return [
    { key: 'name', label: 'Master', isHead: true, text: ({ id }) => nameOfMaster(id) },
    ...side('fresh', 'New'),
    ...side('returning', 'Returning'),
  ];
}
