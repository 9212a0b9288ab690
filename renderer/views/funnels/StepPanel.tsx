import { useCallback, useMemo } from 'react';
import { formatDate, formatWeekdayDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { rateByDateChart } from '../../charts/rate-by-date.ts';
import { useQuestion } from '../../link/use-question.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Panel } from '../../parts/Panel.tsx';
import { formatPValue } from '../../parts/p-value.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { breakdownLabel, breakdownValueName } from '../../state/breakdowns.ts';
import { linkedTo } from '../../state/linked-value.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise, uncapitalise } from '../../state/event-names.ts';
import { firstOpenBucket } from '../../state/open-bucket.ts';
import { asLosses, type FunnelBucket, type FunnelStep, requiredBefore } from './columns.ts';
import { concentrationOf } from './concentration.ts';
import { differenceOf } from '../../state/difference.ts';
import { SaveCohortButton } from '../../cohorts/SaveCohortButton.tsx';
import { NextTile } from './NextTile.tsx';
import { lostMark, reachedMark } from './people-offers.ts';
import { baselineQuestion, expectedLosses, unexpectedDates } from './expected.ts';
import { bucketsOf, type Funnel } from './use-funnel.ts';

/** What is known of one step: who was lost on the way to it, when, where, and what they did instead. */
export function StepPanel({ funnel, index }: { funnel: Funnel; index: number }) {
  const { address, definition } = funnel;
  const go = useAddress((state) => state.go);
  const open = (step: number | null) => {
    go({ funnels: { ...address.funnels, step } });
  };
  const last = definition.steps.length - 1;
  const step = funnel.steps?.[index];
  const trend = funnel.trends.find(({ to }) => to === index);
  return (
    <Panel
      title={`Step ${index + 1}${step === undefined ? '' : `, ${uncapitalise(step.name)}`}`}
      previousLabel="Step before"
      nextLabel="Next step"
      onPrevious={
        index === 0
          ? null
          : () => {
              open(index - 1);
            }
      }
      onNext={
        index >= last
          ? null
          : () => {
              open(index + 1);
            }
      }
      onClose={() => {
        open(null);
        document.querySelector<HTMLElement>(`[data-step="${index}"] .steps-select`)?.focus();
      }}
    >
      {step !== undefined && <Lead funnel={funnel} step={step} />}
      {trend !== undefined && <DropOffTile funnel={funnel} trend={trend} />}
      {step?.left != null && <DropOffGroupsTile funnel={funnel} index={index} />}
      {step?.left != null && step.left > 0 && !step.isOptional && <NextTile funnel={funnel} step={index} />}
      <div className="panel-foot">
        <SaveCohortButton
          tile="funnel-steps"
          mark={step?.left == null ? reachedMark(index) : lostMark(index)}
        />
      </div>
    </Panel>
  );
}

function Lead({ funnel, step }: { funnel: Funnel; step: FunnelStep }) {
  const { units, address, environment, definition } = funnel;
  const { left, base, loss, count, name } = step;
  if (left === null || base === null) {
    return (
      <div className="panel-lead">
        <div className="panel-figure">
          <strong>{formatCount(count)}</strong>
          <span>{units.many} enter here</span>
        </div>
        <p>Every share of this funnel is of them.</p>
      </div>
    );
  }
  const before = funnel.steps?.[requiredBefore(definition, step.index) ?? 0];
  const slice = concentrationOf(funnel.groups, step.index);
  const { breakdown } = address.funnels;
  return (
    <div className="panel-lead">
      <div className="panel-figure">
        <strong>{formatRate(loss.value)}</strong>
        <span>
          {intervalText(loss)} at 95%, n {formatCount(base)}
        </span>
      </div>
      <p>
        {formatCount(left)} of {formatCount(base)} {units.many} that came to{' '}
        {uncapitalise(before?.name ?? '')} did not come to {uncapitalise(name)}.
        {slice !== null &&
          ` ${breakdownLabel(breakdown)} ${breakdownValueName(slice.value, breakdown, environment)} holds ${formatRate(slice.shareOfLost, 0)} of them, with ${formatRate(slice.shareOfAll, 0)} of those who came that far.`}
      </p>
    </div>
  );
}

interface TrendProps {
  funnel: Funnel;
  trend: Funnel['trends'][number];
}

function DropOffTile({ funnel, trend }: TrendProps) {
  const { workspace, bucket, calendar, releases, units } = funnel;
  const { question } = trend;
  const { now } = workspace;
  const { good } = question.state;
  const baseline = useQuestion('funnels.expected', baselineQuestion(funnel.asked, trend.from, trend.to));
  const past = baseline.state.good;
  const expected = useMemo(
    () => expectedLosses(asLosses(bucketsOf(baseline, now) ?? []), bucket),
    [past, now, bucket],
  );
  const losses = useMemo(
    () =>
      asLosses(bucketsOf(question, now) ?? []).map((each) => ({
        ...each,
        expected: expected.get(each.date),
      })),
    [good, now, expected],
  );
  const unexpected = useMemo(() => unexpectedDates(losses, expected), [losses, expected]);
  const dates = useMemo(() => losses.map(({ date }) => date), [losses]);
  const watermarkIndex = useMemo(
    () =>
      good?.answer.kind !== 'funnel' || good.answer.fresh || !('buckets' in good.answer.result)
        ? null
        : firstOpenBucket(good.answer.result.buckets, good.answer.completeTo),
    [good],
  );
  const draw = useCallback(
    (size: ChartSize, id: string) =>
      rateByDateChart(losses, {
        ...size,
        id,
        today: calendar.today,
        bucket,
        thresholdRatio: null,
        smallSample: SMALL_SAMPLE,
        releases,
        previousLabel: null,
        watermarkIndex,
        endPx: END_PX,
        releasesAt: 'top',
      }),
    [losses, calendar.today, bucket, releases, watermarkIndex],
  );
  const valueAt = useCallback((index: number) => losses[index]?.value ?? null, [losses]);
  const describe = useCallback(
    (index: number) => describeLoss(losses[index], funnel),
    [losses, units, bucket, calendar.today],
  );
  const hasPrevious = losses.some(({ previous }) => previous !== null);
  return (
    <Tile
      id="funnel-drop-off"
      title={`Drop-off by ${bucket}`}
      subtitle={[
        ...(expected.size > 0 ? ['expected range* shaded'] : []),
        ...(hasPrevious ? ['dotted: compared'] : []),
      ].join('; ')}
      summary={`${lossSummary(losses)}${unexpectedInWords(unexpected, expected.size)}`}
      questions={[question, baseline]}
      lateEffect="Events still to come lower the drop-off of the hatched days."
      empty={null}
      chart={<Chart label="Drop-off" draw={draw} dates={dates} valueAt={valueAt} describe={describe} />}
      table={
        <DataTable
          caption={`Drop-off by ${bucket}`}
          columns={lossColumns(units.many, hasPrevious)}
          rows={losses}
          rowKey={({ date }) => date}
        />
      }
    />
  );
}

const END_PX = 80; // the last value and its day

function describeLoss(bucket: FunnelBucket | undefined, funnel: Funnel): TooltipContent {
  if (bucket === undefined) return { title: '', rows: [] };
  const { date, value, entered, converted, previous, isPartial, expected } = bucket;
  const notes = [
    ...(isPartial ? ['Still open'] : []),
    ...(entered > 0 && entered < SMALL_SAMPLE ? [`Small sample, n ${formatCount(entered)}`] : []),
  ];
  return {
    title:
      funnel.bucket === 'day'
        ? formatWeekdayDate(date)
        : `Week of ${formatDate(date, funnel.calendar.today)}`,
    rows: [
      { label: 'Drop-off', value: formatRate(value), isStrong: true },
      { label: '95% interval', value: intervalText(bucket) },
      ...(expected === undefined ? [] : [{ label: 'Expected*', value: intervalText(expected) }]),
      { label: 'Left', value: `${formatCount(entered - converted)} of ${formatCount(entered)}` },
      ...funnel.releases
        .filter((release) => release.date === date)
        .map(({ version }) => ({ label: 'Release', value: version })),
      ...(previous === null
        ? []
        : [
            {
              label: formatDate(previous.date, funnel.calendar.today),
              value: formatRate(previous.value),
              ...(value === null || previous.value === null || isPartial
                ? {}
                : { detail: formatPoints(value - previous.value) }),
            },
          ]),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

function lossColumns(units: string, hasPrevious: boolean): DataColumn<FunnelBucket>[] {
  const then: DataColumn<FunnelBucket>[] = [
    { key: 'previous-date', label: 'Compared', text: ({ previous }) => previous?.date ?? '' },
    {
      key: 'previous-loss',
      label: 'Drop-off then',
      isNumber: true,
      text: ({ previous }) => formatRate(previous?.value ?? null),
    },
  ];
  return [
    { key: 'date', label: 'Day', isHead: true, text: ({ date }) => date },
    { key: 'loss', label: 'Drop-off', isNumber: true, text: ({ value }) => formatRate(value) },
    { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
    {
      key: 'expected',
      label: 'Expected*',
      isNumber: true,
      text: ({ expected }) => intervalText(expected ?? { low: null, high: null }),
    },
    { key: 'entered', label: capitalise(units), isNumber: true, text: ({ entered }) => formatCount(entered) },
    { key: 'converted', label: 'Went on', isNumber: true, text: ({ converted }) => formatCount(converted) },
    ...(hasPrevious ? then : []),
    { key: 'mark', label: 'Mark', text: ({ isPartial }) => (isPartial ? 'Still open' : '') },
  ];
}

function unexpectedInWords(dates: readonly string[], known: number): string {
  if (known === 0) return '';
  return dates.length === 0
    ? ' Every whole one lies in the range expected from the 28 days before it.'
    : ` Beyond the range expected from the 28 days before: ${dates.join(', ')}.`;
}

function lossSummary(losses: readonly FunnelBucket[]): string {
  const latest = losses.findLast(({ isPartial, value }) => !isPartial && value !== null);
  const highest = losses
    .filter(({ isPartial, value }) => !isPartial && value !== null)
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))[0];
  if (latest === undefined || highest === undefined) return 'No complete day.';
  return `Latest complete ${latest.date}: ${formatRate(latest.value)}. Highest ${highest.date}: ${formatRate(highest.value)}.`;
}

interface GroupLoss extends ListedRate {
  left: number;
  pValue: number | null;
}

function DropOffGroupsTile({ funnel, index }: { funnel: Funnel; index: number }) {
  const { groups, questions, address, environment, units } = funnel;
  const { breakdown } = address.funnels;
  const label = breakdownLabel(breakdown);
  const rows = useMemo(() => groupLosses(funnel, index), [groups, index, breakdown, environment]);
  const reference = groups?.all[index]?.loss.value ?? null;
  const describe = useCallback(
    (row: number) => describeGroup(rows[row], reference, units.many),
    [rows, reference, units.many],
  );
  return (
    <Tile
      id="funnel-drop-off-groups"
      title={`By ${uncapitalise(label)}`}
      subtitle="drop-off, 95% interval"
      summary={rows.map(({ name, value }) => `${name} ${formatRate(value)}`).join(', ') || 'Not read yet.'}
      questions={[questions.groups]}
      lateEffect="Events still to come lower every drop-off."
      empty={null}
      chart={
        <IntervalList
          label={`Drop-off by ${uncapitalise(label)}`}
          rows={rows.slice(0, MOST_ROWS)}
          reference={reference}
          hasValues={false}
          describe={describe}
          attributesOf={(id) => linkedTo(['group', rows.find((row) => row.id === id)?.name ?? null])}
        />
      }
      table={
        <DataTable
          caption={`Drop-off by ${uncapitalise(label)}`}
          columns={groupLossColumns(label, units.many)}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

const MOST_ROWS = 8; // the others stand in the table

/** Largest drop-off first, those with few units last. */
function groupLosses({ groups, address, environment }: Funnel, index: number): GroupLoss[] {
  const all = groups?.all[index];
  if (groups === null || all === undefined) return [];
  const rows = groups.groups.flatMap(({ value, steps }): GroupLoss[] => {
    const step = steps[index];
    if (step === undefined || step.base === null || step.base === 0) return [];
    const left = step.left ?? 0;
    const others = { count: (all.left ?? 0) - left, n: (all.base ?? 0) - step.base };
    return [
      {
        id: JSON.stringify(value),
        name: breakdownValueName(value, address.funnels.breakdown, environment),
        ...step.loss,
        n: step.base,
        left,
        isSmall: step.base < SMALL_SAMPLE,
        pValue: differenceOf({ count: left, n: step.base }, others)?.pValue ?? null,
      },
    ];
  });
  return rows.toSorted(
    (a, b) => Number(a.isSmall) - Number(b.isSmall) || (b.value ?? 0) - (a.value ?? 0) || b.n - a.n,
  );
}

function describeGroup(row: GroupLoss | undefined, reference: number | null, units: string): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: row.name,
    rows: [
      { label: 'Drop-off', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'Left', value: `${formatCount(row.left)} of ${formatCount(row.n)}`, detail: units },
      { label: 'All', value: formatRate(reference) },
      { label: 'Against the others', value: `p ${formatPValue(row.pValue)}` },
    ],
    ...(row.isSmall ? { note: `Small sample, n ${formatCount(row.n)}` } : {}),
  };
}

const groupLossColumns = (label: string, units: string): DataColumn<GroupLoss>[] => [
  { key: 'name', label, isHead: true, text: ({ name }) => name },
  { key: 'loss', label: 'Drop-off', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'left', label: 'Left', isNumber: true, text: ({ left }) => formatCount(left) },
  { key: 'n', label: capitalise(units), isNumber: true, text: ({ n }) => formatCount(n) },
  { key: 'p', label: 'p against the others', isNumber: true, text: ({ pValue }) => formatPValue(pValue) },
];
