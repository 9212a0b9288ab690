import {
  formatCount,
  formatRate,
  formatSignedPercentNumber,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import { BarTable, type BarColumn } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { comparedInWords } from '../../state/compared-words.ts';
import type { ErrorRow } from './columns.ts';
import { EmptyEngagement } from './EmptyEngagement.tsx';
import type { Engagement } from './use-engagement.ts';

/** Errors that clients reported, by kind. */
export function ErrorsTile({ engagement }: { engagement: Engagement }) {
  const { base, errors, questions } = engagement;
  const rows = errors ?? [];
  const hasPrevious = rows.some(({ previousShare }) => previousShare !== null);
  const [first] = rows;
  return (
    <Tile
      id="engagement-errors"
      title="Errors"
      subtitle={`% of reported errors by kind${hasPrevious ? `; tick: ${comparedInWords(base.address, base.span)}` : ''}`}
      summary={
        first === undefined ? 'No errors.' : `Most frequent: ${first.name}, ${formatRate(first.share)}.`
      }
      questions={[questions.errors]}
      lateEffect="Errors of the last hours may be missing."
      empty={errors?.length === 0 ? <EmptyEngagement base={base} what="errors" /> : null}
      chart={
        <BarTable
          caption="Errors by kind"
          nameLabel="Kind"
          rows={rows}
          rowKey={({ name }) => name}
          name={({ name }) => name}
          bar={({ share, previousShare }) => ({ value: share, tick: previousShare })}
          columns={hasPrevious ? [...SHOWN, CHANGE] : SHOWN}
        />
      }
      table={
        <DataTable
          caption="Errors by kind"
          columns={hasPrevious ? [...TABLE, ...PREVIOUS] : TABLE}
          rows={rows}
          rowKey={({ name }) => name}
        />
      }
    />
  );
}

const SHOWN: BarColumn<ErrorRow>[] = [
  { key: 'share', label: 'Share', cell: ({ share }) => formatRate(share), isStrong: true },
  { key: 'count', label: 'Errors', cell: ({ count }) => formatCount(count) },
];
const CHANGE: BarColumn<ErrorRow> = {
  key: 'change',
  label: 'Change, pp',
  cell: ({ share, previousShare }) =>
    share === null || previousShare === null
      ? NOT_DEFINED
      : formatSignedPercentNumber(share - previousShare, 1),
};

const TABLE: DataColumn<ErrorRow>[] = [
  { key: 'kind', label: 'Kind', isHead: true, text: ({ name }) => name },
  { key: 'count', label: 'Errors', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'share', label: 'Share', isNumber: true, text: ({ share }) => formatRate(share) },
];
const PREVIOUS: DataColumn<ErrorRow>[] = [
  {
    key: 'previous-count',
    label: 'Errors then',
    isNumber: true,
    text: ({ previousCount }) => (previousCount === null ? NOT_DEFINED : formatCount(previousCount)),
  },
  {
    key: 'previous-share',
    label: 'Share then',
    isNumber: true,
    text: ({ previousShare }) => formatRate(previousShare),
  },
];
