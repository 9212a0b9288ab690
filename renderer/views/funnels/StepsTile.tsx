import { formatCount, formatPoints, formatRate, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { secondsInWords } from '../../parts/seconds-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import { capitalise } from '../../state/event-names.ts';
import { formatPValue } from '../../parts/p-value.ts';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import type { FunnelStep } from './columns.ts';
import { EmptyFunnel } from './EmptyFunnel.tsx';
import { allFunnelOffers, funnelOffersAt } from './people-offers.ts';
import { StepsChart } from './StepsChart.tsx';
import type { Funnel } from './use-funnel.ts';
import { definitionInShort } from './words.ts';

export function StepsTile({ funnel }: { funnel: Funnel }) {
  const { steps, questions, definition, units, regularUse } = funnel;
  usePeopleOffers('funnel-steps', {
    at: (key) => funnelOffersAt(funnel, key),
    all: () => allFunnelOffers(funnel),
  });
  const compared = steps?.some(({ previous }) => previous !== null) === true;
  return (
    <Tile
      id="funnel-steps"
      title="Steps"
      subtitle={definitionInShort(definition)}
      summary={summaryOf(steps, units.many)}
      questions={[
        questions.steps,
        ...(funnel.against === null ? [] : [funnel.against]),
        ...(regularUse?.questions ?? []),
      ]}
      lateEffect="Events of the last hours are missing: tries that they would go on look lost."
      line={
        <>
          <OpenWindowLine funnel={funnel} />
          <AgainstLine funnel={funnel} />
        </>
      }
      legend={compared ? <span className="steps-legend">{capitalise(funnel.compared)}</span> : undefined}
      empty={steps?.[0]?.count === 0 ? <EmptyFunnel funnel={funnel} /> : null}
      chart={<StepsChart funnel={funnel} />}
      table={
        <DataTable
          caption="Steps of the funnel"
          columns={stepColumns(units.many, compared)}
          rows={steps ?? []}
          rowKey={({ index }) => String(index)}
          anchorOf={({ index, name }) => ({ kind: 'funnel_step', step: index, name })}
        />
      }
    />
  );
}

/** Two cohorts may share people, two spans of dates do not share units. */
function AgainstLine({ funnel }: { funnel: Funnel }) {
  if (funnel.against === null) return null;
  return (
    <div className="tile-line tile-line-quiet">
      <span>
        Ticks and differences: {funnel.compared}, in the same dates. p takes the two as apart; people who are
        in both make it too cautious.
      </span>
    </div>
  );
}

/** Who entered less than a window ago may still go on. */
function OpenWindowLine({ funnel }: { funnel: Funnel }) {
  const { definition, trends, bucket } = funnel;
  const { value, unit } = definition.window;
  const open = trends[0]?.buckets?.filter(({ isPartial }) => isPartial).length ?? 0;
  if (open < 2) return null;
  return (
    <div className="tile-line tile-line-quiet">
      <span>
        Who entered in the last {formatCount(open)} {bucket}s has not had the whole {value} {unit}
        {value === 1 ? '' : 's'} yet.
      </span>
    </div>
  );
}

export function stepColumns(units: string, compared: boolean): DataColumn<FunnelStep>[] {
  const then: DataColumn<FunnelStep>[] = [
    {
      key: 'previous-count',
      label: `${capitalise(units)} then`,
      isNumber: true,
      text: ({ previous }) => (previous === null ? NOT_DEFINED : formatCount(previous.count)),
    },
    {
      key: 'previous-from-last',
      label: 'From last then',
      isNumber: true,
      text: ({ previous }) => formatRate(previous?.fromPrevious ?? null),
    },
    {
      key: 'previous-from-first',
      label: 'From first then',
      isNumber: true,
      text: ({ previous }) => formatRate(previous?.fromFirst ?? null),
    },
    {
      key: 'difference',
      label: 'Change from last',
      isNumber: true,
      text: ({ difference }) => formatPoints(difference?.points ?? null),
    },
    {
      key: 'p',
      label: 'p',
      isNumber: true,
      text: ({ difference }) => formatPValue(difference?.pValue ?? null),
    },
  ];
  return [
    { key: 'step', label: 'Step', isHead: true, text: ({ index, name }) => `${index + 1} ${name}` },
    {
      key: 'events',
      label: 'Event',
      text: ({ events, conditions }) => [events, conditions].filter(Boolean).join(', '),
    },
    { key: 'count', label: capitalise(units), isNumber: true, text: ({ count }) => formatCount(count) },
    {
      key: 'from-last',
      label: 'From last',
      isNumber: true,
      text: ({ fromPrevious }) => formatRate(fromPrevious.value),
    },
    {
      key: 'interval',
      label: '95% interval',
      isNumber: true,
      text: ({ fromPrevious }) => intervalText(fromPrevious),
    },
    {
      key: 'from-first',
      label: 'From first',
      isNumber: true,
      text: ({ fromFirst }) => formatRate(fromFirst),
    },
    {
      key: 'left',
      label: 'Left before it',
      isNumber: true,
      text: ({ left }) => (left === null ? NOT_DEFINED : formatCount(left)),
    },
    {
      key: 'mean',
      label: 'Mean time',
      isNumber: true,
      text: ({ meanSeconds }) => secondsInWords(meanSeconds),
    },
    {
      key: 'median',
      label: 'Median time',
      isNumber: true,
      text: ({ medianSeconds }) => secondsInWords(medianSeconds),
    },
    { key: 'p90', label: 'p90 time', isNumber: true, text: ({ p90Seconds }) => secondsInWords(p90Seconds) },
    ...(compared ? then : []),
  ];
}

function summaryOf(steps: readonly FunnelStep[] | null, units: string): string {
  if (steps === null) return 'Not read yet.';
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return 'No steps.';
  const worst = steps.toSorted((a, b) => (b.left ?? 0) - (a.left ?? 0))[0];
  const lost = worst?.left == null ? '' : ` Most are lost before ${worst.name}: ${formatCount(worst.left)}.`;
  return `${formatCount(first.count)} ${units} enter, ${formatCount(last.count)} reach ${last.name}, ${formatRate(last.fromFirst)}.${lost}`;
}
