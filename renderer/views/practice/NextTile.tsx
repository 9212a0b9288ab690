import { formatCompact, formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { type BarColumn, BarTable } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { secondsInWords } from '../../parts/seconds-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import { pageOf } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { nameOf } from '../../state/names.ts';
import type { NextRow } from './columns.ts';
import { NEXT_HOURS } from './questions.ts';
import type { SubjectPage } from './use-subject.ts';

/** The next other practice that people completed, after their first of this one in a row of practices. */
export function NextTile({ page }: { page: SubjectPage }) {
  const { next, questions, base } = page;
  const go = useAddress((state) => state.go);
  const rows = next?.rows ?? [];
  const nameOfRow = ({ id }: NextRow) => nameOf('practice', id, base.environment);
  const [first] = rows;
  return (
    <Tile
      id="subject-next"
      title="What comes next"
      subtitle={`next other practice within ${String(NEXT_HOURS)} h, of the ${formatCount(next?.n ?? 0)} that went on`}
      summary={
        first === undefined
          ? 'Nobody completed another practice.'
          : `Most often ${nameOfRow(first)}, ${formatRate(first.share)} of ${formatCount(next?.n ?? 0)}.`
      }
      questions={[questions.next]}
      lateEffect="Sessions of the last hours may be missing."
      empty={
        next !== null && rows.length === 0 ? (
          <div className="tile-block">
            <h3>Nobody went on</h3>
            <p>No other practice was completed within {NEXT_HOURS} h in these dates.</p>
          </div>
        ) : null
      }
      chart={
        <BarTable
          caption="What comes next"
          nameLabel="Practice"
          rows={rows}
          rowKey={({ id }) => id}
          name={nameOfRow}
          bar={({ share }) => ({ value: share, tick: null })}
          columns={COLUMNS}
          onChoose={({ id }) => {
            go(pageOf(base.address, 'practice', id));
          }}
        />
      }
      table={
        <DataTable
          caption="Next practices"
          columns={[{ key: 'name', label: 'Practice', isHead: true, text: nameOfRow }, ...TABLE]}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

const COLUMNS: BarColumn<NextRow>[] = [
  { key: 'share', label: 'Share', cell: ({ share }) => formatRate(share), isStrong: true },
  { key: 'count', label: 'Times', cell: ({ count }) => formatCompact(count) },
  { key: 'wait', label: 'Mean wait', cell: ({ meanSeconds }) => secondsInWords(meanSeconds) },
];

const TABLE: DataColumn<NextRow>[] = [
  { key: 'share', label: 'Share', isNumber: true, text: ({ share }) => formatRate(share) },
  { key: 'count', label: 'Times', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'wait', label: 'Mean wait', isNumber: true, text: ({ meanSeconds }) => secondsInWords(meanSeconds) },
];
