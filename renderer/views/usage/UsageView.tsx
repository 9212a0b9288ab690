import { useMemo } from 'react';
import { formatCount } from '../../../shared/format/numbers.ts';
import { ViewPage } from '../../app/ViewPage.tsx';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { LinesByDateTile, type TileLine } from '../../parts/LinesByDateTile.tsx';
import { RateByDateTile } from '../../parts/RateByDateTile.tsx';
import { comparedInWords } from '../../state/compared-words.ts';
import { hasFilters } from '../../state/question-parts.ts';
import type { ViewProps } from '../../state/use-view-base.ts';
import { EmptyUsage } from './EmptyUsage.tsx';
import { PagesTile, ReferrersTile } from './ListTiles.tsx';
import { SERIES } from './questions.ts';
import { type Usage, useUsage } from './use-usage.ts';
import { countText, describeUsage, lengthText, usageFigures } from './words.ts';
import './usage-view.css';

const LATE = 'Events of the hatched days are not all there yet.';

/** Who comes, how often, how long, from where and to which pages. */
export function UsageView(props: ViewProps) {
  const usage = useUsage(props);
  const { base, actives, sessions, views, questions } = usage;
  const numbers = { actives, sessions, views };
  const finding = describeUsage(numbers, hasFilters(base.address));
  const users = actives?.columnOf(SERIES.users)?.total ?? null;
  return (
    <ViewPage
      base={base}
      title="Usage"
      finding={finding}
      isFound={[questions.actives, questions.sessions].every(({ state }) => state.fetching === null)}
      matched={
        users !== null && (
          <>
            <strong>{formatCount(users)}</strong> people
          </>
        )
      }
    >
      <KeyFigures
        figures={usageFigures(numbers)}
        questions={[questions.actives, questions.views, questions.sessions]}
      />
      <div className="usage-tiles">
        <ActivesTile usage={usage} />
        <RateTile usage={usage} id="usage-stickiness" />
        <ViewsTile usage={usage} />
        <PagesTile usage={usage} />
        <ReferrersTile usage={usage} />
        <LengthTile usage={usage} />
        <RateTile usage={usage} id="usage-bounce" />
      </div>
    </ViewPage>
  );
}

function ActivesTile({ usage }: { usage: Usage }) {
  const { base, actives, questions } = usage;
  const lines = useMemo(
    (): TileLine[] =>
      (
        [
          [SERIES.month, 'Month', 'Trailing 30 days'],
          [SERIES.week, 'Week', 'Trailing 7 days'],
          [SERIES.day, 'Day', 'Day'],
        ] as const
      ).map(([name, end, label]) => ({
        key: name,
        name: end,
        label,
        column: actives?.columnOf(name) ?? null,
        showsPrevious: true,
      })),
    [actives],
  );
  const isEmpty = actives?.columnOf(SERIES.users)?.total === 0;
  const compared = comparedInWords(base.address, base.span);
  return (
    <LinesByDateTile
      id="usage-actives"
      title="Active users"
      subtitle={`people with any event*; day, 7 and 30 days${compared === '' ? '' : `; dotted: ${compared}`}`}
      summary={`${countText(actives?.columnOf(SERIES.users)?.total ?? null)} people in all.`}
      questions={[questions.actives]}
      lateEffect={LATE}
      empty={isEmpty ? <EmptyUsage base={base} /> : null}
      columns={actives}
      lines={lines}
      bucket={base.bucket}
      today={base.calendar.today}
      text={countText}
      axisText={formatCount}
      endPx={84}
      leftPx={40}
    />
  );
}

function ViewsTile({ usage }: { usage: Usage }) {
  const { base, views, questions } = usage;
  const column = views?.columnOf(SERIES.views) ?? null;
  const lines = useMemo(
    () => [{ key: 'views', name: '', label: 'Page views', column, showsPrevious: true }],
    [column],
  );
  return (
    <LinesByDateTile
      id="usage-views"
      title="Page views"
      subtitle={base.bucket === 'day' ? 'daily' : 'weekly'}
      summary={`${countText(column?.total ?? null)} page views.`}
      questions={[questions.views]}
      lateEffect={LATE}
      empty={column?.total === 0 ? <EmptyUsage base={base} /> : null}
      columns={views}
      lines={lines}
      bucket={base.bucket}
      today={base.calendar.today}
      text={countText}
      axisText={formatCount}
      endPx={44}
    />
  );
}

function LengthTile({ usage }: { usage: Usage }) {
  const { base, sessions, questions } = usage;
  const column = sessions?.columnOf(SERIES.length) ?? null;
  const lines = useMemo(
    () => [{ key: 'length', name: '', label: 'Mean length', column, showsPrevious: true }],
    [column],
  );
  return (
    <LinesByDateTile
      id="usage-length"
      title="Session length"
      subtitle="mean of last − first event, minutes; bounces as 0"
      summary={`${lengthText(column?.total ?? null)} over all.`}
      questions={[questions.sessions]}
      lateEffect={LATE}
      empty={column?.totalDenominator === 0 ? <EmptyUsage base={base} /> : null}
      columns={sessions}
      lines={lines}
      bucket={base.bucket}
      today={base.calendar.today}
      text={lengthText}
      axisText={minutesText}
      tickUnit={60}
      endPx={88}
    />
  );
}

const minutesText = (seconds: number, isTop: boolean): string =>
  `${Number((seconds / 60).toFixed(1))}${isTop ? ' min' : ''}`;

const RATES = {
  'usage-stickiness': {
    title: 'Stickiness',
    subtitle: 'daily ÷ monthly actives',
    from: 'actives',
    series: SERIES.stickiness,
    above: 'Active that day',
    below: 'people of 30 days',
  },
  'usage-bounce': {
    title: 'Bounce rate',
    subtitle: 'one page view and nothing else ÷ sessions',
    from: 'sessions',
    series: SERIES.bounces,
    above: 'Bounces',
    below: 'sessions',
  },
} as const;

function RateTile({ usage, id }: { usage: Usage; id: keyof typeof RATES }) {
  const { base, questions } = usage;
  const { title, subtitle, from, series, above, below } = RATES[id];
  const columns = usage[from];
  const column = columns?.columnOf(series) ?? null;
  return (
    <RateByDateTile
      id={id}
      title={title}
      subtitle={subtitle}
      questions={[questions[from]]}
      lateEffect={LATE}
      empty={column?.totalDenominator === 0 ? <EmptyUsage base={base} /> : null}
      columns={columns}
      column={column}
      numeratorName={above}
      denominatorName={below}
      bucket={base.bucket}
      today={base.calendar.today}
      compared={comparedInWords(base.address, base.span)}
    />
  );
}
