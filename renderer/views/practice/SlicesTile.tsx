import { useCallback, useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import type { Slice } from '../../state/practices-address.ts';
import { type HourCell, hoursOfDay, rateOf } from './columns.ts';
import { EmptySubject } from './EmptySubject.tsx';
import type { SubjectPage } from './use-subject.ts';

interface SliceRow extends ListedRate {
  captured: number;
}

const SLICES = [
  { id: 'release', label: 'Release' },
  { id: 'locale', label: 'Locale' },
  { id: 'hour', label: 'Hour' },
] as const;
const HEADS: Record<Slice, string> = { release: 'Release', locale: 'Locale', hour: 'Local hours' };
const MOST_DRAWN = 12;
const HOURS_PER_ROW = 2;

/** The capture rate taken apart by release, locale or hour of the day. */
export function SlicesTile({ page }: { page: SubjectPage }) {
  const { questions, peers, base } = page;
  const { slice } = base.address.practices;
  const rows = useMemo(() => rowsOf(page), [page.slices, page.hours, slice]);
  const drawn = useMemo(() => rows.slice(0, MOST_DRAWN), [rows]);
  const all = peers?.own.rate.value ?? null;
  const describe = useCallback((index: number) => describeRow(drawn[index], all), [drawn, all]);
  const hidden = rows.length - drawn.length;
  return (
    <Tile
      id="subject-slices"
      title="Capture rate by"
      subtitle={`95% interval; dotted: all${hidden > 0 ? `; ${formatCount(hidden)} more in the table` : ''}`}
      summary={summaryOf(rows)}
      questions={[slice === 'hour' ? questions.hours : questions.slices]}
      lateEffect="Reactions of the last hours are missing."
      legend={<SliceControl />}
      empty={rows.length === 0 && peers !== null ? <EmptySubject page={page} what="sessions" /> : null}
      chart={
        <IntervalList
          label={`Capture rate by ${slice}`}
          rows={drawn}
          reference={all}
          hasValues
          describe={describe}
        />
      }
      table={
        <DataTable
          caption={`Capture rate by ${slice}`}
          columns={tableColumns(HEADS[slice])}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

function SliceControl() {
  const practices = useAddress(({ address }) => address.practices);
  const go = useAddress((state) => state.go);
  return (
    <SegmentedControl
      label="Capture rate by"
      isSmall
      choices={SLICES}
      chosen={practices.slice}
      onChoose={(slice) => {
        go({ practices: { ...practices, slice } });
      }}
    />
  );
}

function rowsOf({ slices, hours, base }: SubjectPage): SliceRow[] {
  const { slice } = base.address.practices;
  if (slice === 'hour') return hours === null ? [] : hourRows(hours);
  const rows = (slices?.rows ?? [])
    .filter(({ completed }) => completed > 0)
    .map(({ id, rate, completed, captured }) => ({
      id: id ?? '',
      name: id ?? '(none)',
      ...rate,
      n: completed,
      captured,
      isSmall: completed < SMALL_SAMPLE,
    }));
  if (slice === 'locale') return rows;
  return rows.toSorted((a, b) => b.id.localeCompare(a.id, 'en', { numeric: true })); // the newest first
}

function hourRows(hours: readonly HourCell[]): SliceRow[] {
  const single = hoursOfDay(hours);
  return Array.from({ length: 24 / HOURS_PER_ROW }, (_, index) => {
    const inside = single.filter(({ hour }) => Math.floor(hour / HOURS_PER_ROW) === index);
    const completed = inside.reduce((sum, cell) => sum + cell.completed, 0);
    const captured = inside.reduce((sum, cell) => sum + cell.captured, 0);
    const name = hoursName(index * HOURS_PER_ROW);
    return {
      id: name,
      name,
      ...rateOf(captured, completed),
      n: completed,
      captured,
      isSmall: completed < SMALL_SAMPLE,
    };
  });
}

export const hoursName = (from: number): string =>
  `${String(from).padStart(2, '0')} to ${String(from + HOURS_PER_ROW).padStart(2, '0')}`;

function describeRow(row: SliceRow | undefined, all: number | null): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: row.name,
    rows: [
      { label: 'Capture rate', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'Captured', value: `${formatCount(row.captured)} of ${formatCount(row.n)}` },
      { label: 'All', value: formatRate(all) },
    ],
    ...(row.isSmall ? { note: `Small sample, n ${formatCount(row.n)}` } : {}),
  };
}

const summaryOf = (rows: readonly SliceRow[]): string =>
  rows.length === 0
    ? 'Not read yet.'
    : `${rows.map(({ name, value, n }) => `${name} ${formatRate(value)}, n ${formatCount(n)}`).join('; ')}.`;

const tableColumns = (head: string): DataColumn<SliceRow>[] => [
  { key: 'name', label: head, isHead: true, text: ({ name }) => name },
  { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  {
    key: 'captured',
    label: 'Captured sessions',
    isNumber: true,
    text: ({ captured }) => formatCount(captured),
  },
  { key: 'completed', label: 'Completed sessions', isNumber: true, text: ({ n }) => formatCount(n) },
  { key: 'mark', label: 'Mark', text: ({ isSmall }) => (isSmall ? 'Small sample' : '') },
];
