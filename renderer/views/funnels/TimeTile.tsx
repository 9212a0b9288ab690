import { useCallback, useMemo } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { funnelTimeChart, type TimeBar, type TimeBars } from '../../charts/funnel-time.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { secondsInWords } from '../../parts/seconds-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { capitalise } from '../../state/event-names.ts';
import { type FunnelStep, transitionsOf } from './columns.ts';
import { EmptyFunnel } from './EmptyFunnel.tsx';
import { timeBars } from './time-bars.ts';
import type { Funnel } from './use-funnel.ts';

const NO_TIMES = { bins: [], n: 0, meanSeconds: null, medianSeconds: null, previousMedianSeconds: null };

export function TimeTile({ funnel }: { funnel: Funnel }) {
  const { questions, time, units } = funnel;
  const times = funnel.times ?? NO_TIMES;
  const drawn = useMemo(() => timeBars(times), [times]);
  const p90Seconds = p90Of(funnel);
  const { medianSeconds, previousMedianSeconds } = times;
  const draw = useCallback(
    (size: ChartSize) => funnelTimeChart(drawn, { ...size, medianSeconds, p90Seconds }),
    [drawn, medianSeconds, p90Seconds],
  );
  const names = useMemo(() => drawn.bars.map(({ fromSeconds }) => `from ${fromSeconds} s`), [drawn]);
  const describe = useCallback(
    (index: number) => describeBar(drawn.bars[index], drawn.n, units.many),
    [drawn, units.many],
  );
  if (time === null) return null;
  const before =
    previousMedianSeconds === null ? '' : `; median was ${secondsInWords(previousMedianSeconds)}`;
  return (
    <Tile
      id="funnel-time"
      title="Time to convert"
      subtitle={`% of ${formatCount(times.n)}${before}${drawn.above < drawn.n * NOTABLE_SHARE ? '' : aboveInWords(drawn)}`}
      summary={summaryOf(funnel, drawn, p90Seconds)}
      questions={[questions.time]}
      lateEffect="Conversions of the last hours are missing."
      legend={<PairMenu funnel={funnel} />}
      empty={funnel.times?.n === 0 ? <NobodyConverted funnel={funnel} /> : null}
      chart={<Chart label="Time to convert" draw={draw} dates={names} xAt={middleOf} describe={describe} />}
      table={
        <DataTable
          caption="Time to convert"
          columns={barColumns(drawn.n, units.many)}
          rows={drawn.above === 0 ? drawn.bars : [...drawn.bars, restBar(drawn.bars.at(-1), drawn.above)]}
          rowKey={({ fromSeconds }) => String(fromSeconds)}
        />
      }
    />
  );
}

const NOTABLE_SHARE = 0.005;

/** Those too slow for the axis are told, not left out; the head has room for them only if they matter. */
const aboveInWords = ({ bars, above }: TimeBars): string =>
  above === 0 ? '' : `; ${formatCount(above)} above ${secondsInWords(bars.at(-1)?.toSeconds ?? 0)}`;

const middleOf = (index: number): number => index + 0.5;

/** The last bar of the table: everything slower. */
const restBar = (last: TimeBar | undefined, count: number): TimeBar => ({
  fromSeconds: last?.toSeconds ?? 0,
  toSeconds: Infinity,
  count,
});

/** Known for neighbouring steps, whose times the steps hold; the answer about times has none. */
function p90Of({ steps, time, definition }: Funnel): number | null {
  if (steps === null || time === null) return null;
  const isNeighbour = transitionsOf(definition).some(({ from, to }) => from === time.from && to === time.to);
  return isNeighbour && !hasOptionalBetween(steps, time) ? (steps[time.to]?.p90Seconds ?? null) : null;
}

/** The time of a step runs from the last step done before it, which may be an optional one. */
const hasOptionalBetween = (
  steps: readonly FunnelStep[],
  { from, to }: { from: number; to: number },
): boolean => steps.slice(from + 1, to).some(({ isOptional }) => isOptional);

function NobodyConverted({ funnel }: { funnel: Funnel }) {
  const entered = funnel.steps?.[0]?.count ?? 0;
  if (entered === 0) return <EmptyFunnel funnel={funnel} />;
  return (
    <div className="tile-block">
      <h3>Nobody got that far</h3>
      <p>{formatCount(entered)} entered; none of them reached this step, so there is no time to show.</p>
    </div>
  );
}

function PairMenu({ funnel }: { funnel: Funnel }) {
  const { address, definition, time } = funnel;
  const go = useAddress((state) => state.go);
  const last = definition.steps.length - 1;
  const neighbours = transitionsOf(definition);
  const pairs =
    last > 1 && !neighbours.some(({ from, to }) => from === 0 && to === last)
      ? [{ from: 0, to: last }, ...neighbours]
      : neighbours;
  const nameOf = ({ from, to }: { from: number; to: number }) => `step ${from + 1} to ${to + 1}`;
  const idOf = ({ from, to }: { from: number; to: number }) => `${from}-${to}`;
  return (
    <MenuButton
      label="Steps timed"
      value={time === null ? '' : nameOf(time)}
      align="end"
      choices={pairs.map((pair) => ({
        id: idOf(pair),
        label: capitalise(nameOf(pair)),
        ...(pair.from === 0 && pair.to === last ? { detail: 'the whole way' } : {}),
      }))}
      chosen={time === null ? null : idOf(time)}
      onChoose={(id) => {
        const pair = pairs.find((each) => idOf(each) === id);
        if (pair !== undefined) go({ funnels: { ...address.funnels, time: pair } });
      }}
    />
  );
}

function describeBar(bar: TimeBar | undefined, n: number, units: string): TooltipContent {
  if (bar === undefined) return { title: '', rows: [] };
  return {
    title: spanInWords(bar),
    rows: [
      { label: 'Share', value: formatRate(bar.count / Math.max(1, n)), isStrong: true },
      { label: capitalise(units), value: `${formatCount(bar.count)} of ${formatCount(n)}` },
    ],
  };
}

const spanInWords = ({ fromSeconds, toSeconds }: TimeBar): string =>
  toSeconds === Infinity
    ? `${secondsInWords(fromSeconds)} or more`
    : `${secondsInWords(fromSeconds)} to ${secondsInWords(toSeconds)}`;

const barColumns = (n: number, units: string): DataColumn<TimeBar>[] => [
  { key: 'time', label: 'Time', isHead: true, text: spanInWords },
  { key: 'from', label: 'From, s', isNumber: true, text: ({ fromSeconds }) => String(fromSeconds) },
  { key: 'count', label: units, isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'share', label: '%', isNumber: true, text: ({ count }) => formatRate(count / Math.max(1, n)) },
];

function summaryOf({ times, time, units }: Funnel, drawn: TimeBars, p90Seconds: number | null): string {
  if (times === null || time === null) return 'Not read yet.';
  const p90 = p90Seconds === null ? '' : `, 90% within ${secondsInWords(p90Seconds)}`;
  return `${formatCount(times.n)} ${units.many} from step ${time.from + 1} to ${time.to + 1}: median ${secondsInWords(times.medianSeconds)}, mean ${secondsInWords(times.meanSeconds)}${p90}${aboveInWords(drawn)}.`;
}
