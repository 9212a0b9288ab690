import { useCallback, useMemo } from 'react';
import {
  formatCompact,
  formatCount,
  formatPoints,
  formatRate,
  formatSignedPercentNumber,
} from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { type ListedPair, PairList } from '../../parts/PairList.tsx';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { nameOf } from '../../state/names.ts';
import { differenceInterval } from '../practices/shift.ts';
import type { PartnerRow } from './columns.ts';
import { EmptySubject } from './EmptySubject.tsx';
import { partnerOf } from './subject.ts';
import type { SubjectPage } from './use-subject.ts';

/** Masters of a practice, practices of a master: each beside the same practice with the other masters. */
export function PartnersTile({ page }: { page: SubjectPage }) {
  const { subject, partners, questions, base } = page;
  const partner = partnerOf(subject.kind);
  const isPractice = subject.kind === 'practice';
  const nameOfRow = useCallback(
    ({ id }: PartnerRow) =>
      id === null ? (isPractice ? 'No master' : '(none)') : nameOf(partner, id, base.environment),
    [isPractice, partner, base.environment],
  );
  const rows = partners ?? [];
  const listed = useMemo(
    () => rows.map((row) => listedOf(row, partner, nameOfRow(row))),
    [rows, partner, nameOfRow],
  );
  const describe = useCallback(
    ({ id }: ListedPair) =>
      describeRow(
        rows.find((row) => (row.id ?? '') === id),
        nameOfRow,
      ),
    [rows, nameOfRow],
  );
  return (
    <Tile
      id="subject-partners"
      title={isPractice ? 'Masters' : 'Practices led'}
      subtitle={
        isPractice
          ? 'capture rate, 95% interval; tick: the other masters of this practice'
          : 'capture rate, 95% interval; tick: the same practice with other masters'
      }
      summary={summaryOf(rows, nameOfRow)}
      questions={isPractice ? [questions.partners] : [questions.partners, questions.partnersOfAll]}
      lateEffect="Reactions of the last hours are missing on both sides of the difference."
      empty={partners?.length === 0 ? <EmptySubject page={page} what="sessions" /> : null}
      chart={
        <PairList
          label={isPractice ? 'Masters' : 'Practices led'}
          rows={listed}
          columns={['Capture', 'pp', 'n']}
          mark="tick"
          describe={describe}
        />
      }
      table={
        <DataTable
          caption={isPractice ? 'Masters of the practice' : 'Practices led'}
          columns={tableColumns(isPractice ? 'Master' : 'Practice', nameOfRow)}
          rows={rows}
          rowKey={({ id }) => id ?? ''}
        />
      }
    />
  );
}

function listedOf(row: PartnerRow, kind: 'practice' | 'master', name: string): ListedPair {
  const { id, rate, elsewhere, difference, completed } = row;
  return {
    id: id ?? '',
    name,
    ...(id === null ? {} : { head: <SubjectLink kind={kind} id={id} name={name} /> }),
    one: rate,
    other: { value: elsewhere.value, low: null, high: null },
    isSmall: completed < SMALL_SAMPLE,
    figures: [
      formatRate(rate.value),
      difference === null ? '–' : formatSignedPercentNumber(difference.points, 1),
      formatCompact(completed),
    ],
  };
}

function describeRow(row: PartnerRow | undefined, nameOfRow: (row: PartnerRow) => string): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  const { rate, captured, completed, elsewhere, difference } = row;
  return {
    title: nameOfRow(row),
    rows: [
      { label: 'Capture rate', value: formatRate(rate.value), detail: intervalText(rate), isStrong: true },
      { label: 'Captured', value: `${formatCount(captured)} of ${formatCount(completed)}` },
      {
        label: 'With other masters',
        value: formatRate(elsewhere.value),
        detail: `${formatCount(elsewhere.captured)} of ${formatCount(elsewhere.completed)}`,
      },
      {
        label: 'Difference',
        value: formatPoints(difference?.points ?? null),
        detail: differenceInterval(difference),
      },
    ],
    ...(completed < SMALL_SAMPLE ? { note: `Small sample, n ${formatCount(completed)}` } : {}),
  };
}

function summaryOf(rows: readonly PartnerRow[], nameOfRow: (row: PartnerRow) => string): string {
  if (rows.length === 0) return 'Nobody.';
  return `${rows.map((row) => `${nameOfRow(row)} ${formatRate(row.rate.value)}, n ${formatCount(row.completed)}`).join('; ')}.`;
}

const tableColumns = (head: string, nameOfRow: (row: PartnerRow) => string): DataColumn<PartnerRow>[] => [
  { key: 'name', label: head, isHead: true, text: nameOfRow },
  {
    key: 'completed',
    label: 'Completed sessions',
    isNumber: true,
    text: (row) => formatCount(row.completed),
  },
  { key: 'captured', label: 'Captured sessions', isNumber: true, text: (row) => formatCount(row.captured) },
  { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ rate }) => formatRate(rate.value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: ({ rate }) => intervalText(rate) },
  {
    key: 'elsewhere',
    label: 'With other masters',
    isNumber: true,
    text: ({ elsewhere }) => formatRate(elsewhere.value),
  },
  {
    key: 'elsewhere-n',
    label: 'of',
    isNumber: true,
    text: ({ elsewhere }) => formatCount(elsewhere.completed),
  },
  {
    key: 'difference',
    label: 'Difference',
    isNumber: true,
    text: ({ difference }) => formatPoints(difference?.points ?? null),
  },
  {
    key: 'difference-interval',
    label: '95% interval',
    isNumber: true,
    text: ({ difference }) => differenceInterval(difference),
  },
];
