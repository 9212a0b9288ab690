import { useMemo } from 'react';
import { LinesByDateTile, type TileLine } from '../../parts/LinesByDateTile.tsx';
import { RESPONSE_TARGET_MS } from '../../state/display-settings.ts';
import { EmptyEngagement } from './EmptyEngagement.tsx';
import { SERIES } from './questions.ts';
import type { Engagement } from './use-engagement.ts';
import { secondsOfMs } from './words.ts';

const TARGET = { value: RESPONSE_TARGET_MS, label: `p95 target ${RESPONSE_TARGET_MS / 1_000} s*` };

/** How long answers take: three quantiles as three weights of ink. */
export function ResponseTile({ engagement }: { engagement: Engagement }) {
  const { base, response, questions } = engagement;
  const lines = useMemo(
    (): TileLine[] => [
      { key: 'p95', name: 'p95', column: response?.columnOf(SERIES.p95) ?? null, width: 2.2 },
      {
        key: 'p99',
        name: 'p99',
        column: response?.columnOf(SERIES.p99) ?? null,
        width: 1.25,
        stroke: 'var(--data-compare)',
      },
      {
        key: 'p50',
        name: 'p50',
        label: 'p50, median',
        column: response?.columnOf(SERIES.p50) ?? null,
        width: 1.25,
        stroke: 'var(--data-compare)',
      },
    ],
    [response],
  );
  const p95 = lines[0]?.column?.total ?? null;
  return (
    <LinesByDateTile
      id="engagement-response"
      title="Response time"
      subtitle={`seconds to an answer, ${base.bucket === 'day' ? 'daily' : 'weekly'}; exact quantiles`}
      summary={`p95 ${secondsOfMs(p95)} over all; the target is ${secondsOfMs(RESPONSE_TARGET_MS)}.`}
      questions={[questions.response]}
      lateEffect="Answers of the hatched days are not all there yet."
      empty={response !== null && p95 === null ? <EmptyEngagement base={base} what="answers" /> : null}
      columns={response}
      lines={lines}
      bucket={base.bucket}
      today={base.calendar.today}
      text={secondsOfMs}
      axisText={axisText}
      target={TARGET}
      endPx={72}
    />
  );
}

const axisText = (ms: number, isTop: boolean): string => `${ms / 1_000}${isTop ? ' s' : ''}`;
