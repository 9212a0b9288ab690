import { useMemo } from 'react';
import { formatCount } from '../../../shared/format/numbers.ts';
import { ViewPage } from '../../app/ViewPage.tsx';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { RateByDateTile } from '../../parts/RateByDateTile.tsx';
import { comparedInWords } from '../../state/compared-words.ts';
import { RESPONSE_TARGET_MS } from '../../state/display-settings.ts';
import { hasFilters } from '../../state/question-parts.ts';
import type { ViewProps } from '../../state/use-view-base.ts';
import { ActiveTile } from './ActiveTile.tsx';
import { CostTile } from './CostTile.tsx';
import { EmptyEngagement } from './EmptyEngagement.tsx';
import { ErrorsTile } from './ErrorsTile.tsx';
import { describeEngagement } from './finding.ts';
import { engagementFigures } from './key-figures.ts';
import { ModelsTile, ThreadsTile } from './ModelsTile.tsx';
import { SERIES } from './questions.ts';
import { ResponseTile } from './ResponseTile.tsx';
import { type Engagement, useEngagement } from './use-engagement.ts';
import './engagement-view.css';

export function EngagementView(props: ViewProps) {
  const engagement = useEngagement(props);
  const { base, questions, now, response, followUp, errorRate, cost } = engagement;
  const followUps = followUp?.columnOf(SERIES.followUps) ?? null;
  const p50 = response?.columnOf(SERIES.p50) ?? null;
  const p95 = response?.columnOf(SERIES.p95) ?? null;
  const finding = useMemo(
    () =>
      followUp === null || response === null
        ? null
        : describeEngagement({
            followUps,
            p50,
            p95,
            targetMs: RESPONSE_TARGET_MS,
            hasFilters: hasFilters(base.address),
          }),
    [followUp, response, followUps, p50, p95, base.address],
  );
  return (
    <ViewPage
      base={base}
      title="Engagement"
      finding={finding}
      isFound={[questions.followUp, questions.response].every(({ state }) => state.fetching === null)}
      matched={
        followUps !== null && (
          <>
            <strong>{formatCount(followUps.totalDenominator ?? 0)}</strong> prompts
          </>
        )
      }
    >
      <KeyFigures
        figures={engagementFigures({
          activeNow: now?.columnOf(SERIES.users)?.total ?? null,
          chatsNow: now?.columnOf(SERIES.chats)?.total ?? null,
          followUp: { columns: followUp, column: followUps },
          errorRate: { columns: errorRate, column: errorRate?.columnOf(SERIES.errorRate) ?? null },
          p50,
          p95,
          cost: cost?.columnOf(SERIES.cost) ?? null,
        })}
        questions={[
          questions.now,
          questions.followUp,
          questions.response,
          questions.errorRate,
          questions.cost,
        ]}
      />
      <div className="engagement-tiles">
        <ActiveTile engagement={engagement} />
        <ResponseTile engagement={engagement} />
        <CostTile engagement={engagement} />
        <FollowUpTile engagement={engagement} />
        <ErrorsTile engagement={engagement} />
        <ErrorRateTile engagement={engagement} />
        <ModelsTile engagement={engagement} />
        <ThreadsTile engagement={engagement} />
      </div>
    </ViewPage>
  );
}

function FollowUpTile({ engagement }: { engagement: Engagement }) {
  const { base, followUp, questions } = engagement;
  const column = followUp?.columnOf(SERIES.followUps) ?? null;
  return (
    <RateByDateTile
      id="engagement-follow-up"
      title="Follow-up rate"
      subtitle="of user prompts"
      questions={[questions.followUp]}
      lateEffect="Prompts of the hatched days are not all there yet."
      empty={column?.totalDenominator === 0 ? <EmptyEngagement base={base} what="prompts" /> : null}
      columns={followUp}
      column={column}
      numeratorName="Follow-ups"
      denominatorName="prompts"
      bucket={base.bucket}
      today={base.calendar.today}
      compared={comparedInWords(base.address, base.span)}
    />
  );
}

function ErrorRateTile({ engagement }: { engagement: Engagement }) {
  const { base, errorRate, questions } = engagement;
  const column = errorRate?.columnOf(SERIES.errorRate) ?? null;
  return (
    <RateByDateTile
      id="engagement-error-rate"
      title="Error rate"
      subtitle="failed ÷ all measured requests"
      questions={[questions.errorRate]}
      lateEffect="Requests of the hatched days are not all there yet."
      empty={column?.totalDenominator === 0 ? <EmptyEngagement base={base} what="requests" /> : null}
      columns={errorRate}
      column={column}
      numeratorName="Failed"
      denominatorName="requests"
      bucket={base.bucket}
      today={base.calendar.today}
      compared={comparedInWords(base.address, base.span)}
    />
  );
}
