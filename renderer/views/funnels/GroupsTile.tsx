import { useCallback, useMemo, useRef } from 'react';
import { formatCount, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { type FunnelGroupLine, funnelGroupsChart, groupPlace } from '../../charts/funnel-groups.ts';
import { useSize } from '../../charts/use-size.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { formatPValue } from '../../parts/p-value.ts';
import { Tile } from '../../parts/Tile.tsx';
import { useIsSmall } from '../../parts/use-is-narrow.ts';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { breakdownLabel, breakdownValueName } from '../../state/breakdowns.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise, uncapitalise } from '../../state/event-names.ts';
import { BreakdownMenu } from './BreakdownMenu.tsx';
import { type FunnelStep, rateOf } from './columns.ts';
import { differenceOf } from '../../state/difference.ts';
import { EmptyFunnel } from './EmptyFunnel.tsx';
import type { Funnel } from './use-funnel.ts';

interface GroupRow {
  name: string;
  steps: readonly FunnelStep[];
  /** Every value together, or those beyond the limit. */
  isSum: boolean;
}

export function GroupsTile({ funnel }: { funnel: Funnel }) {
  const { groups, questions, address, environment } = funnel;
  const { breakdown } = address.funnels;
  const rows = useMemo(() => groupRows(funnel), [groups, breakdown, environment]);
  const label = breakdownLabel(breakdown);
  return (
    <Tile
      id="funnel-groups"
      title={`By ${uncapitalise(label)}`}
      subtitle="% of step 1 reaching each step; dotted is all"
      summary={summaryOf(rows, label)}
      questions={[questions.groups]}
      lateEffect="Events of the last hours are missing in every group."
      legend={<BreakdownMenu funnel={funnel} />}
      empty={groups?.groups.length === 0 ? <EmptyFunnel funnel={funnel} /> : null}
      chart={<SmallMultiples rows={rows} units={funnel.units.many} step={address.funnels.step} />}
      table={
        <DataTable
          caption={`The funnel by ${uncapitalise(label)}`}
          columns={groupColumns(label, rows, funnel)}
          rows={rows.filter(({ isSum }) => !isSum)}
          rowKey={({ name }) => name}
          {...totalOf(rows)}
        />
      }
    />
  );
}

function groupRows({ groups, address, environment }: Funnel): GroupRow[] {
  if (groups === null) return [];
  const { breakdown } = address.funnels;
  return [
    ...groups.groups.map(({ value, steps }) => ({
      name: breakdownValueName(value, breakdown, environment),
      steps,
      isSum: false,
    })),
    ...(groups.rest === null
      ? []
      : [{ name: `Remaining ${formatCount(groups.rest.values)}`, steps: groups.rest.steps, isSum: false }]),
    { name: 'All', steps: groups.all, isSum: true },
  ];
}

function totalOf(rows: readonly GroupRow[]): { total?: GroupRow } {
  const total = rows.find(({ isSum }) => isSum);
  return total === undefined ? {} : { total };
}

const LEAST_GROUP_PX = 92;
const MOST_WHEN_SMALL = 4;

interface SmallMultiplesProps {
  rows: readonly GroupRow[];
  units: string;
  /** Step that is looked at. */
  step: number | null;
}

function SmallMultiples({ rows, units, step }: SmallMultiplesProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  const tables = useAddress(({ address }) => address.tables);
  const go = useAddress((state) => state.go);
  const groups = useMemo(() => rows.filter(({ isSum }) => !isSum), [rows]);
  const all = rows.find(({ isSum }) => isSum);
  const isSmall = useIsSmall();
  const fitting = Math.max(1, Math.floor((width - 40) / LEAST_GROUP_PX));
  const room = isSmall ? Math.min(MOST_WHEN_SMALL, fitting) : fitting;
  const shown = useMemo(() => groups.slice(0, room), [groups, room]);
  const steps = all?.steps.length ?? 1;
  const draw = useCallback(
    (size: ChartSize) =>
      funnelGroupsChart(shown.map(lineOf), {
        ...size,
        reference: all?.steps.map(({ fromFirst }) => fromFirst) ?? [null],
        smallSample: SMALL_SAMPLE,
        step,
      }),
    [shown, all, step],
  );
  const names = useMemo(
    () => shown.flatMap(({ name, steps: each }) => each.map((step) => `${name} ${step.name}`)),
    [shown],
  );
  const xAt = useCallback(
    (index: number) => groupPlace(Math.floor(index / steps), index % steps, steps),
    [steps],
  );
  const valueAt = useCallback(
    (index: number) => shown[Math.floor(index / steps)]?.steps[index % steps]?.fromFirst ?? null,
    [shown, steps],
  );
  const describe = useCallback(
    (index: number) => describePoint(shown[Math.floor(index / steps)], index % steps, all, units),
    [shown, steps, all, units],
  );
  const hidden = groups.length - shown.length;
  return (
    <div ref={host} className="groups">
      <Chart
        label="Small multiples"
        draw={draw}
        dates={names}
        xAt={xAt}
        valueAt={valueAt}
        describe={describe}
      />
      {hidden > 0 && width > 0 && (
        <button
          type="button"
          className="groups-more"
          onClick={() => {
            go({ tables: [...tables, 'funnel-groups'] });
          }}
        >
          {formatCount(hidden)} more
        </button>
      )}
    </div>
  );
}

/** The first step is what the others are shares of: nothing is estimated there. */
const ALL_OF_THEM = { value: 1, low: 1, high: 1 };

function lineOf({ name, steps }: GroupRow): FunnelGroupLine {
  const n = steps[0]?.count ?? 0;
  return {
    name,
    n,
    points: steps.map(({ count }, index) => (index === 0 ? ALL_OF_THEM : rateOf({ count, n }))),
  };
}

function describePoint(
  row: GroupRow | undefined,
  index: number,
  all: GroupRow | undefined,
  units: string,
): TooltipContent {
  const step = row?.steps[index];
  const first = row?.steps[0];
  if (row === undefined || step === undefined || first === undefined) return { title: '', rows: [] };
  const rate = rateOf({ count: step.count, n: first.count });
  return {
    title: `${row.name}, ${step.index + 1} ${step.name}`,
    rows: [
      { label: 'From first', value: formatRate(step.fromFirst), isStrong: true },
      ...(index === 0 ? [] : [{ label: '95% interval', value: intervalText(rate) }]),
      { label: capitalise(units), value: `${formatCount(step.count)} of ${formatCount(first.count)}` },
      { label: 'From last', value: formatRate(step.fromPrevious.value) },
      { label: 'All', value: formatRate(all?.steps[index]?.fromFirst ?? null) },
    ],
    ...(first.count < SMALL_SAMPLE ? { note: `Small sample, n ${formatCount(first.count)}` } : {}),
  };
}

function groupColumns(label: string, rows: readonly GroupRow[], { units }: Funnel): DataColumn<GroupRow>[] {
  const all = rows.find(({ isSum }) => isSum);
  const steps = all?.steps ?? [];
  return [
    { key: 'name', label, isHead: true, text: ({ name }) => name },
    ...steps.flatMap(({ index, name }): DataColumn<GroupRow>[] => [
      {
        key: `count-${index + 1}`,
        label: index === 0 ? `${capitalise(units.many)}, ${name}` : name,
        isNumber: true,
        text: (row) => formatCount(row.steps[index]?.count ?? 0),
      },
      ...(index === 0
        ? []
        : [
            {
              key: `rate-${index + 1}`,
              label: '% of first',
              isNumber: true,
              text: (row: GroupRow) => formatRate(row.steps[index]?.fromFirst ?? null),
            },
          ]),
    ]),
    {
      key: 'interval',
      label: '95% interval',
      isNumber: true,
      text: ({ steps: each }) =>
        intervalText(rateOf({ count: each.at(-1)?.count ?? 0, n: each[0]?.count ?? 0 })),
    },
    {
      key: 'p',
      label: 'p against the others',
      isNumber: true,
      text: (row) => formatPValue(row.isSum || all === undefined ? null : pAgainstOthers(row, all)),
    },
  ];
}

/** Of the share that gets through. Exact where every unit has one value; else the others are those that are not in it. */
function pAgainstOthers(row: GroupRow, all: GroupRow): number | null {
  const side = ({ steps }: GroupRow) => ({ count: steps.at(-1)?.count ?? 0, n: steps[0]?.count ?? 0 });
  const [own, whole] = [side(row), side(all)];
  return differenceOf(own, { count: whole.count - own.count, n: whole.n - own.n })?.pValue ?? null;
}

function summaryOf(rows: readonly GroupRow[], label: string): string {
  const groups = rows.filter(({ isSum }) => !isSum);
  if (groups.length === 0) return 'Not read yet.';
  const named = groups
    .slice(0, 4)
    .map(({ name, steps }) => `${name} ${formatRate(steps.at(-1)?.fromFirst ?? null)}`);
  return `${formatQuantity(groups.length, 'value')} of ${uncapitalise(label)}. Through the funnel: ${named.join(', ')}.`;
}
