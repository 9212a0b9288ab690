import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { weekdayInitials } from '../../../shared/format/calendar.ts';
import {
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatRate,
} from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Select } from '../../parts/Select.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { stateNames } from '../../state/state-names.ts';
import { type SeqScale, seqBin, seqScale } from '../cohorts/seq-scale.ts';
import { type HourCell, rateOf } from './columns.ts';
import { EmptySubject } from './EmptySubject.tsx';
import { hoursName } from './SlicesTile.tsx';
import type { SubjectPage } from './use-subject.ts';
import '../cohorts/retention-heat.css';
import './hours.css';

const HOURS_PER_CELL = 2;
const CELLS_A_DAY = 24 / HOURS_PER_CELL;
const CAPTURE = 'capture';

interface MapCell {
  weekday: number;
  hour: number;
  count: number;
  n: number;
  value: number | null;
  low: number | null;
  high: number | null;
  isSmall: boolean;
}

/** Any measure by weekday and two hours of the local day. */
export function HoursTile({ page }: { page: SubjectPage }) {
  const { hours, questions, base } = page;
  const { measure } = base.address.practices;
  const { environment, workspace } = base;
  const measures = useMemo(
    () => [
      { id: CAPTURE, label: 'Capture rate' },
      ...stateNames(environment.taxonomy, []).map(({ id, label }) => ({ id, label })),
    ],
    [environment.taxonomy],
  );
  const chosen = measures.find(({ id }) => id === measure) ?? { id: CAPTURE, label: 'Capture rate' };
  const cells = useMemo(() => (hours === null ? [] : cellsOf(hours, chosen.id)), [hours, chosen.id]);
  const days = weekdayInitials(workspace.weekStart);
  const dayName = ({ weekday }: MapCell): string => days[weekday]?.name ?? '';
  const unit = chosen.id === CAPTURE ? 'completed sessions' : 'reactions';
  const isEmpty = hours !== null && cells.every(({ n }) => n === 0);
  return (
    <Tile
      id="subject-hours"
      title="Day and hour"
      subtitle={`${chosen.label}, % of ${unit}, local time, two-hour steps; dashed: n below 200*`}
      summary={summaryOf(cells, dayName, chosen.label)}
      questions={[questions.hours]}
      lateEffect="Reactions of the last hours are missing."
      legend={<MeasureSelect measures={measures} chosen={chosen.id} />}
      empty={
        isEmpty ? <EmptySubject page={page} what={chosen.id === CAPTURE ? 'sessions' : 'reactions'} /> : null
      }
      chart={<HourMap cells={cells} label={chosen.label} unit={unit} days={days.map(({ name }) => name)} />}
      table={
        <DataTable
          caption={`${chosen.label} by day and hour`}
          columns={tableColumns(dayName, chosen.label)}
          rows={cells}
          rowKey={({ weekday, hour }) => `${String(weekday)}-${String(hour)}`}
        />
      }
    />
  );
}

function MeasureSelect({ measures, chosen }: { measures: { id: string; label: string }[]; chosen: string }) {
  const practices = useAddress(({ address }) => address.practices);
  const go = useAddress((state) => state.go);
  return (
    <Select
      label="Measure"
      choices={measures}
      chosen={chosen}
      onChoose={(measure) => {
        go({ practices: { ...practices, measure } });
      }}
    />
  );
}

function cellsOf(hours: readonly HourCell[], measure: string): MapCell[] {
  const merged = Array.from({ length: 7 * CELLS_A_DAY }, (_, index) => {
    const [weekday, hour] = [Math.floor(index / CELLS_A_DAY), (index % CELLS_A_DAY) * HOURS_PER_CELL];
    const inside = hours.filter(
      (cell) => cell.weekday === weekday && Math.floor(cell.hour / HOURS_PER_CELL) * HOURS_PER_CELL === hour,
    );
    const sum = (of: (cell: HourCell) => number): number =>
      inside.reduce((total, cell) => total + of(cell), 0);
    const isCapture = measure === CAPTURE;
    const count = sum((cell) => (isCapture ? cell.captured : (cell.byState[measure] ?? 0)));
    const n = sum((cell) => (isCapture ? cell.completed : cell.n));
    return { weekday, hour, count, n };
  });
  return merged.map((cell) => ({
    ...cell,
    ...rateOf(cell.count, cell.n),
    isSmall: cell.n > 0 && cell.n < SMALL_SAMPLE,
  }));
}

interface HourMapProps {
  cells: readonly MapCell[];
  label: string;
  unit: string;
  days: readonly string[];
}

/** n on top, then a row per weekday; arrows move in the map, M changes the measure. */
function HourMap({ cells, label, unit, days }: HourMapProps) {
  const host = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ index: number; byKey: boolean } | null>(null);
  const scale = useMemo(() => seqScale(judgedValues(cells)), [cells]);
  const shown = place === null ? undefined : cells[place.index];
  const content = shown === undefined ? null : describeCell(shown, { label, unit, days });
  const spot = place === null ? null : spotOf(host.current, place.index);
  const sums = Array.from({ length: CELLS_A_DAY }, (_, column) =>
    cells.filter(({ hour }) => hour === column * HOURS_PER_CELL).reduce((sum, { n }) => sum + n, 0),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    if (event.key === 'm' || event.key === 'M') focusMeasure(host.current);
    else {
      const next = indexAfter(event.key, place?.index ?? null, cells.length);
      if (event.key === 'Escape' && place !== null) setPlace(null);
      else if (next === null) return;
      else setPlace({ index: next, byKey: true });
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={host}
      className="hours"
      role="group"
      aria-label={`${label} by day and hour. Arrow keys read the cells, M changes the measure.`}
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onPointerLeave={() => {
        setPlace(null);
      }}
      onBlur={() => {
        setPlace(null);
      }}
    >
      <table className="hours-table">
        <caption className="visually-hidden">{`${label} by day and hour`}</caption>
        <thead>
          <tr className="hours-sums">
            <th scope="row">n</th>
            {sums.map((n, column) => (
              <td key={column}>
                <span
                  className="hours-bar"
                  style={{ '--share': `${String((100 * n) / Math.max(1, ...sums))}%` } as CSSProperties}
                />
                <span>{formatCompact(n)}</span>
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day, weekday) => (
            <tr key={day}>
              <th scope="row">{day.slice(0, 3)}</th>
              {cells
                .map((cell, index) => ({ cell, index }))
                .filter(({ cell }) => cell.weekday === weekday)
                .map(({ cell, index }) => (
                  <HourCellView
                    key={cell.hour}
                    cell={cell}
                    index={index}
                    scale={scale}
                    isCurrent={place?.index === index}
                    onEnter={() => {
                      setPlace({ index, byKey: false });
                    }}
                  />
                ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td />
            {sums.map((_, column) => (
              <td key={column}>{hoursName(column * HOURS_PER_CELL)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
      {content !== null && spot !== null && <Tooltip anchor={host} x={spot.x} y={spot.y} content={content} />}
      <div className="visually-hidden" aria-live="polite">
        {place?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

/** The ramp is that of the cells with enough; where all are small, of those that are not tiny. */
function judgedValues(cells: readonly MapCell[]): number[] {
  const valuesOf = (least: number) =>
    cells.flatMap(({ value, n }) => (value === null || n < least ? [] : [value]));
  return [SMALL_SAMPLE, TINY_SAMPLE, 1].map(valuesOf).find(({ length }) => length > 1) ?? [];
}

const TINY_SAMPLE = 15;

interface HourCellViewProps {
  cell: MapCell;
  index: number;
  scale: SeqScale;
  isCurrent: boolean;
  onEnter: () => void;
}

function HourCellView({ cell, index, scale, isCurrent, onEnter }: HourCellViewProps) {
  const { value, low, high, isSmall } = cell;
  return (
    <td
      className="hours-cell"
      data-cell={index}
      data-seq={value === null ? 'none' : seqBin(scale, value)}
      data-small={isSmall}
      data-current={isCurrent}
      onPointerEnter={onEnter}
    >
      {formatPercentNumber(value)}
      {isSmall && low !== null && high !== null && (
        <span className="hours-half"> ±{Math.round((high - low) * 50)}</span>
      )}
    </td>
  );
}

function describeCell(
  cell: MapCell,
  { label, unit, days }: Pick<HourMapProps, 'label' | 'unit' | 'days'>,
): TooltipContent {
  return {
    title: `${days[cell.weekday] ?? ''} ${hoursName(cell.hour)}`,
    rows: [
      { label, value: formatRate(cell.value), isStrong: true },
      { label: '95% interval', value: cell.n === 0 ? '–' : intervalText(cell) },
      {
        label: unit === 'reactions' ? 'Reactions' : 'Captured',
        value: `${formatCount(cell.count)} of ${formatCount(cell.n)}`,
      },
    ],
    ...(cell.isSmall ? { note: `Small sample, n ${formatCount(cell.n)}` } : {}),
  };
}

function indexAfter(key: string, at: number | null, count: number): number | null {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -CELLS_A_DAY, ArrowDown: CELLS_A_DAY }[key];
  if (step === undefined || count === 0) return null;
  if (at === null) return 0;
  const next = at + step;
  return next < 0 || next >= count ? at : next;
}

const focusMeasure = (host: HTMLElement | null): void => {
  host?.closest('figure')?.querySelector<HTMLElement>('.tile-head select')?.focus();
};

function spotOf(host: HTMLElement | null, index: number): { x: number; y: number } | null {
  const found = host?.querySelector(`[data-cell="${String(index)}"]`)?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (found === undefined || box === undefined) return null;
  return { x: found.left + found.width / 2 - box.left, y: found.bottom + 6 - box.top };
}

function summaryOf(cells: readonly MapCell[], dayName: (cell: MapCell) => string, label: string): string {
  const judged = cells.filter(({ value, isSmall }) => value !== null && !isSmall);
  if (judged.length === 0)
    return cells.length === 0 ? 'Not read yet.' : 'No two hours of a weekday have enough to judge.';
  const sorted = judged.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const words = (cell: MapCell | undefined): string =>
    cell === undefined ? '' : `${dayName(cell)} ${hoursName(cell.hour)} ${formatRate(cell.value, 0)}`;
  return `${label}: highest ${words(sorted[0])}, lowest ${words(sorted.at(-1))}; of ${formatCount(judged.length)} cells with n of 200 or more.`;
}

const tableColumns = (dayName: (cell: MapCell) => string, label: string): DataColumn<MapCell>[] => [
  {
    key: 'when',
    label: 'Day and hours',
    isHead: true,
    text: (cell) => `${dayName(cell)} ${hoursName(cell.hour)}`,
  },
  { key: 'rate', label, isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'count', label: 'Count', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'n', label: 'n', isNumber: true, text: ({ n }) => formatCount(n) },
];
