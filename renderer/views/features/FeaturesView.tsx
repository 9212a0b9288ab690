import { useMemo } from 'react';
import {
  formatCompact,
  formatCount,
  formatPoints,
  formatQuantity,
  formatRate,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { ViewPage } from '../../app/ViewPage.tsx';
import { BarTable, type BarColumn } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { RateByDateTile } from '../../parts/RateByDateTile.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { comparedInWords } from '../../state/compared-words.ts';
import { ADOPTION_GOAL_CHANGE, SMALL_SAMPLE } from '../../state/display-settings.ts';
import { BAR_FIELDS, hasFilters } from '../../state/question-parts.ts';
import type { ViewBase, ViewProps } from '../../state/use-view-base.ts';
import type { FeatureRow } from './columns.ts';
import { SERIES, usesQuestion } from './questions.ts';
import { Sparkline } from './Sparkline.tsx';
import { type Features, useFeatures } from './use-features.ts';
import { describeFeatures, DIRECTION_WORDS, featureName } from './words.ts';
import './features-view.css';

const LATE = 'Uses of the last hours may be missing.';

/** Which features people use, and whether more of them do. */
export function FeaturesView(props: ViewProps) {
  const features = useFeatures(props);
  const { base, rows, questions } = features;
  const finding = useMemo(
    () => rows && describeFeatures(rows, hasFilters(base.address)),
    [rows, base.address],
  );
  const activeUsers = rows?.[0]?.activeUsers;
  return (
    <ViewPage
      base={base}
      title="Features"
      finding={finding}
      isFound={[questions.features, questions.weeks].every(({ state }) => state.fetching === null)}
      matched={
        activeUsers !== undefined && (
          <>
            <strong>{formatCount(activeUsers)}</strong> active people
          </>
        )
      }
    >
      <div className="feature-tiles">
        <AdoptionTile features={features} />
        <ChosenTile features={features} />
        <PlansTile features={features} />
      </div>
    </ViewPage>
  );
}

function EmptyFeatures({ base }: { base: ViewBase }) {
  const { address, environment, span, skipped } = base;
  return (
    <EmptyTile
      what="features"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !skipped.includes(field))}
      count={{ slot: 'features', unit: 'uses', without: (field) => usesQuestion(base, field), of: usesIn }}
    />
  );
}

const usesIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;

function AdoptionTile({ features }: { features: Features }) {
  const { base, rows, chosen, questions } = features;
  const go = useAddress((state) => state.go);
  const shown = rows ?? [];
  const [first] = shown;
  const compared = comparedInWords(base.address, base.span);
  return (
    <Tile
      id="feature-adoption"
      title="Adoption"
      subtitle={`people who used the feature ÷ active users, n ${formatCount(first?.activeUsers ?? 0)}${compared === '' ? '' : `; tick: ${compared}`}`}
      summary={
        first === undefined
          ? 'No features.'
          : `${formatQuantity(shown.length, 'feature')}. Most adopted: ${featureName(first.name)}, ${formatRate(first.adoption)}.`
      }
      questions={[questions.features, questions.weeks]}
      lateEffect={LATE}
      empty={rows?.length === 0 ? <EmptyFeatures base={base} /> : null}
      chart={
        <>
          <BarTable
            caption="Adoption by feature"
            nameLabel="Feature"
            rows={shown}
            rowKey={({ name }) => name}
            name={({ name }) => featureName(name)}
            bar={({ adoption, previousAdoption }) => ({ value: adoption, tick: previousAdoption })}
            columns={SHOWN}
            chosen={chosen}
            onChoose={({ name }) => {
              go({ features: { feature: name } });
            }}
          />
          <p className="feature-note">
            Trend is the slope of up to 12 complete weeks against its own weekly noise*: up or down when its
            95% interval excludes zero. A use is any event of the feature*, also one that failed.
          </p>
        </>
      }
      table={
        <DataTable caption="Adoption by feature" columns={TABLE} rows={shown} rowKey={({ name }) => name} />
      }
    />
  );
}

const usesEach = ({ uses, users }: FeatureRow): string =>
  users === 0 ? NOT_DEFINED : (uses / users).toFixed(1);
const changeText = ({ adoption, previousAdoption }: FeatureRow): string =>
  adoption === null || previousAdoption === null ? NOT_DEFINED : formatPoints(adoption - previousAdoption);

const SHOWN: BarColumn<FeatureRow>[] = [
  { key: 'adoption', label: 'Adoption', cell: ({ adoption }) => formatRate(adoption), isStrong: true },
  { key: 'change', label: 'Change', cell: changeText },
  {
    key: 'users',
    label: 'Users',
    cell: ({ users }) =>
      users < SMALL_SAMPLE ? (
        <span className="feature-small">n {formatCount(users)}</span>
      ) : (
        formatCompact(users)
      ),
  },
  { key: 'each', label: 'Uses each', cell: usesEach },
  { key: 'errors', label: 'Errors', cell: ({ errorRate }) => formatRate(errorRate) },
  { key: 'weeks', label: '12 weeks', cell: ({ weeks }) => <Sparkline values={weeks} /> },
  { key: 'trend', label: 'Trend', cell: ({ direction }) => DIRECTION_WORDS[direction], isText: true },
];

const TABLE: DataColumn<FeatureRow>[] = [
  { key: 'feature', label: 'Feature', isHead: true, text: ({ name }) => featureName(name) },
  { key: 'adoption', label: 'Adoption', isNumber: true, text: ({ adoption }) => formatRate(adoption) },
  { key: 'users', label: 'Users', isNumber: true, text: ({ users }) => formatCount(users) },
  {
    key: 'active',
    label: 'Active users',
    isNumber: true,
    text: ({ activeUsers }) => formatCount(activeUsers),
  },
  {
    key: 'previous',
    label: 'Then',
    isNumber: true,
    text: ({ previousAdoption }) => formatRate(previousAdoption),
  },
  { key: 'uses', label: 'Uses', isNumber: true, text: ({ uses }) => formatCount(uses) },
  { key: 'each', label: 'Uses each', isNumber: true, text: usesEach },
  { key: 'failed', label: 'Failed', isNumber: true, text: ({ failed }) => formatCount(failed) },
  { key: 'errors', label: 'Error rate', isNumber: true, text: ({ errorRate }) => formatRate(errorRate) },
  { key: 'weeks', label: 'By week', text: ({ weeks }) => weeks.map((week) => formatRate(week)).join(' ') },
  { key: 'trend', label: 'Trend', text: ({ direction }) => DIRECTION_WORDS[direction] },
];

function ChosenTile({ features }: { features: Features }) {
  const { base, chosen, overTime, questions } = features;
  const column = overTime?.columnOf(SERIES.adoption) ?? null;
  return (
    <RateByDateTile
      id="feature-over-time"
      title="Adoption over time"
      subtitle={`${featureName(chosen ?? '')}, ${base.bucket === 'day' ? 'daily' : 'weekly'}`}
      questions={[questions.chosen]}
      lateEffect={LATE}
      empty={column?.totalDenominator === 0 ? <EmptyFeatures base={base} /> : null}
      columns={overTime}
      column={column}
      numeratorName="Users"
      denominatorName="active people"
      bucket={base.bucket}
      today={base.calendar.today}
      compared={comparedInWords(base.address, base.span)}
    />
  );
}

function PlansTile({ features }: { features: Features }) {
  const { base, chosen, plans, rows, questions } = features;
  const shown = plans ?? [];
  const before = rows?.find(({ name }) => name === chosen)?.previousAdoption ?? null;
  const goal = before === null ? null : before * (1 + ADOPTION_GOAL_CHANGE);
  return (
    <Tile
      id="feature-plans"
      title="Adoption by plan"
      subtitle={`${featureName(chosen ?? '')}, 95% interval${goal === null ? '' : `; dashed: goal +15%*, ${formatRate(goal)}`}`}
      summary={shown.map(({ name, value }) => `${name} ${formatRate(value)}`).join(', ')}
      questions={[questions.plans]}
      lateEffect={LATE}
      empty={plans?.length === 0 ? <EmptyFeatures base={base} /> : null}
      chart={
        <IntervalList
          label="Adoption by plan"
          rows={shown}
          reference={goal}
          hasValues
          describe={(index) => describePlan(shown[index])}
        />
      }
      table={<DataTable caption="Adoption by plan" columns={PLANS} rows={shown} rowKey={({ id }) => id} />}
    />
  );
}

function describePlan(row: ListedRate | undefined): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: row.name,
    rows: [
      { label: 'Adoption', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'Active people', value: formatCount(row.n) },
    ],
    ...(row.isSmall ? { note: 'Small sample' } : {}),
  };
}

const PLANS: DataColumn<ListedRate>[] = [
  { key: 'plan', label: 'Plan', isHead: true, text: ({ name }) => name },
  { key: 'rate', label: 'Adoption', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'n', label: 'Active people', isNumber: true, text: ({ n }) => formatCount(n) },
];
