import type { CSSProperties } from 'react';
import {
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatRate,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import { BarTable, type BarColumn } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { ModelRow, ThreadEnd } from './columns.ts';
import { EmptyEngagement } from './EmptyEngagement.tsx';
import type { Engagement } from './use-engagement.ts';
import { secondsOfMs } from './words.ts';

export function ModelsTile({ engagement }: { engagement: Engagement }) {
  const { base, models, questions } = engagement;
  const rows = models ?? [];
  const [first] = rows;
  return (
    <Tile
      id="engagement-models"
      title="By model"
      subtitle="prompts, time to an answer, follow-ups"
      summary={
        first === undefined
          ? 'No models.'
          : `Most used: ${first.name}, ${formatCount(first.prompts)} prompts.`
      }
      questions={[questions.models]}
      lateEffect="Prompts of the last hours may be missing."
      empty={models?.length === 0 ? <EmptyEngagement base={base} what="prompts" /> : null}
      chart={
        <BarTable
          caption="Models"
          nameLabel="Model"
          rows={rows}
          rowKey={({ name }) => name}
          name={({ name }) => name}
          columns={SHOWN}
        />
      }
      table={<DataTable caption="Models" columns={TABLE} rows={rows} rowKey={({ name }) => name} />}
    />
  );
}

const tokensText = ({ tokens }: ModelRow): string => (tokens === null ? NOT_DEFINED : tokens.toFixed(0));

const SHOWN: BarColumn<ModelRow>[] = [
  { key: 'prompts', label: 'Prompts', cell: ({ prompts }) => formatCompact(prompts), isStrong: true },
  { key: 'p50', label: 'p50', cell: ({ p50Ms }) => secondsOfMs(p50Ms) },
  { key: 'p95', label: 'p95', cell: ({ p95Ms }) => secondsOfMs(p95Ms) },
  { key: 'follow-ups', label: 'Follow-up', cell: ({ followUpRate }) => formatRate(followUpRate) },
  { key: 'tokens', label: 'Tokens each', cell: tokensText },
];

const TABLE: DataColumn<ModelRow>[] = [
  { key: 'model', label: 'Model', isHead: true, text: ({ name }) => name },
  { key: 'prompts', label: 'Prompts', isNumber: true, text: ({ prompts }) => formatCount(prompts) },
  { key: 'p50', label: 'p50', isNumber: true, text: ({ p50Ms }) => secondsOfMs(p50Ms) },
  { key: 'p95', label: 'p95', isNumber: true, text: ({ p95Ms }) => secondsOfMs(p95Ms) },
  { key: 'follow-ups', label: 'Follow-ups', isNumber: true, text: ({ followUps }) => formatCount(followUps) },
  {
    key: 'follow-up-rate',
    label: 'Rate',
    isNumber: true,
    text: ({ followUpRate }) => formatRate(followUpRate),
  },
  { key: 'tokens', label: 'Tokens per answer', isNumber: true, text: tokensText },
];

/** How threads ended, as one bar. */
export function ThreadsTile({ engagement }: { engagement: Engagement }) {
  const { base, threads, questions } = engagement;
  const ends = threads ?? [];
  const sum = ends.reduce((total, { count }) => total + count, 0);
  return (
    <Tile
      id="engagement-threads"
      title="Threads"
      subtitle={`how ${formatCount(sum)} were left`}
      summary={ends.map(({ label, share }) => `${label} ${formatRate(share)}`).join(', ')}
      questions={[questions.threads]}
      lateEffect="Threads of the last hours may still be open."
      empty={threads?.length === 0 ? <EmptyEngagement base={base} what="threads" /> : null}
      chart={<ThreadsBar ends={ends} />}
      table={
        <DataTable
          caption="How threads were left"
          columns={ENDS}
          rows={ends}
          rowKey={({ action }) => action}
        />
      }
    />
  );
}

const ENDS: DataColumn<ThreadEnd>[] = [
  { key: 'action', label: 'Left', isHead: true, text: ({ label }) => label },
  { key: 'count', label: 'Threads', isNumber: true, text: ({ count }) => formatCount(count) },
  { key: 'share', label: 'Share', isNumber: true, text: ({ share }) => formatRate(share) },
];

function ThreadsBar({ ends }: { ends: readonly ThreadEnd[] }) {
  return (
    <div className="threads" tabIndex={0} role="group" aria-label="How threads were left" data-chart-area>
      <div className="threads-bar" aria-hidden="true">
        {ends.map(({ action, share }, index) => (
          <span key={action} data-shade={index} style={{ '--share': String(share) } as CSSProperties} />
        ))}
      </div>
      <ul className="threads-key">
        {ends.map(({ action, label, share }, index) => (
          <li key={action} data-action={action}>
            <span className="threads-swatch" data-shade={index} aria-hidden="true" />
            {label} <strong>{formatPercentNumber(share)}%</strong>
          </li>
        ))}
      </ul>
      <p className="threads-note">
        An outcome is a saving that was identified*. Prompt text never leaves its source and is not shown.
      </p>
    </div>
  );
}
