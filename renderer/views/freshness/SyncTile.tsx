import type { FreshnessReport } from '../../../shared/rpc/contract/freshness.ts';
import type { JobReason, JobRun, JobsState, SourceJob } from '../../../shared/rpc/contract/jobs.ts';
import { formatDuration, formatElapsed } from '../../../shared/format/durations.ts';
import { toLocalTime } from '../../../shared/format/local-time.ts';
import { formatBytes, formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { STEP_WORDS, stepCount } from './words.ts';

interface SyncTileProps {
  report: FreshnessReport;
  jobs: JobsState | null;
  zone: string;
}

/** What goes on; else what the last sync did, step by step. */
export function SyncTile({ report, jobs, zone }: SyncTileProps) {
  const running = jobs?.sources.find(({ progress }) => progress !== null);
  if (running?.progress != null) return <Running job={running} jobs={jobs} zone={zone} />;
  return <LastSync report={report} jobs={jobs} zone={zone} />;
}

function Running({ job, jobs, zone }: { job: SourceJob; jobs: JobsState | null; zone: string }) {
  const { progress } = job;
  if (progress === null) return null;
  const { filesDone, filesTotal, bytesDone, bytesTotal, secondsLeft, counts, startedAt } = progress;
  const share = bytesTotal === 0 ? 0 : Math.min(1, bytesDone / bytesTotal);
  const queued = jobs?.sources.filter(({ state }) => state === 'queued') ?? [];
  return (
    <PlainTile id="sync" title="Sync in progress" aside={`since ${toLocalTime(startedAt, zone).time}`}>
      <p className="sync-share">
        <strong>{Math.floor(share * 100)}%</strong>
        <span>
          {formatBytes(bytesDone)} of {formatBytes(bytesTotal)}
          {secondsLeft === null ? '' : `, about ${formatDuration(secondsLeft * 1000)} left`}
        </span>
      </p>
      <progress
        className="fresh-progress"
        value={share}
        max={1}
        aria-label={`Bytes read of ${job.sourceName}`}
      />
      <ul className="sync-steps">
        <li data-state="running">
          <Icon name="sync" />
          <span>Read {job.sourceName}</span>
          <span>
            {formatCount(filesDone)} of {formatQuantity(filesTotal, 'file')}
          </span>
        </li>
        {queued.map(({ sourceName }) => (
          <li key={sourceName}>
            <Icon name="clock" />
            <span>{sourceName}</span>
            <span>next</span>
          </li>
        ))}
      </ul>
      <Sum counts={counts} />
    </PlainTile>
  );
}

function LastSync({ report, jobs, zone }: SyncTileProps) {
  const { lastSync } = report;
  const next = (jobs?.sources ?? [])
    .map(({ nextAt }) => nextAt)
    .filter((at) => at !== null)
    .sort()[0];
  const waiting =
    jobs?.paused === true
      ? 'paused'
      : next === undefined
        ? 'on request'
        : `next ${toLocalTime(next, zone).time}`;
  if (lastSync === null)
    return (
      <PlainTile id="sync" title="Last sync" aside={waiting}>
        <p className="fresh-quiet">No source was read yet.</p>
      </PlainTile>
    );
  const { startedAt, endedAt, steps, runs } = lastSync;
  const failed = runs.filter(({ state }) => state !== 'done' && state !== 'running');
  const counts = sumOf(runs.map((run) => run.counts));
  const now = new Date().toISOString();
  return (
    <PlainTile
      id="sync"
      title="Last sync"
      subtitle={`${formatMomentNear(startedAt, now, zone)}${
        endedAt === null ? '' : `, ${formatElapsed(Date.parse(endedAt) - Date.parse(startedAt))}`
      }${reasonOf(runs)}`}
      aside={waiting}
    >
      <ul className="sync-steps">
        {steps.map((step) => (
          <li key={step.step} data-step={step.step}>
            <Icon name="check" />
            <span>{STEP_WORDS[step.step]}</span>
            <span>
              {stepCount(step)}
              {step.ms === null ? '' : `, ${formatElapsed(step.ms)}`}
            </span>
          </li>
        ))}
        {failed.map(({ jobId, sourceName, message, state }) => (
          <li key={jobId} data-state="failed" title={message ?? undefined}>
            <Icon name="alert" />
            <span>{sourceName}</span>
            <span>{message ?? state}</span>
          </li>
        ))}
      </ul>
      <Sum counts={counts} />
    </PlainTile>
  );
}

const REASONS: Partial<Record<JobReason, string>> = {
  gap: ', replay of a gap',
  reconcile: ', after comparing',
  readmit: ', rejected rows',
  tail: ', live',
};

const reasonOf = (runs: readonly JobRun[]): string =>
  runs[0] === undefined ? '' : (REASONS[runs[0].reason] ?? '');

interface Counts {
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
  refused: number;
}

const sumOf = (all: readonly Counts[]): Counts =>
  all.reduce(
    (sum, one) => ({
      read: sum.read + one.read,
      kept: sum.kept + one.kept,
      duplicate: sum.duplicate + one.duplicate,
      quarantined: sum.quarantined + one.quarantined,
      refused: sum.refused + one.refused,
    }),
    { read: 0, kept: 0, duplicate: 0, quarantined: 0, refused: 0 },
  );

/** Read = kept + duplicate + set aside + refused. */
function Sum({ counts }: { counts: Counts }) {
  return (
    <p className="sync-sum" data-sum={counts.read}>
      {formatQuantity(counts.read, 'row')} = {formatCount(counts.kept)} kept + {formatCount(counts.duplicate)}{' '}
      duplicate + {formatCount(counts.quarantined)} set aside
      {counts.refused > 0 && ` + ${formatCount(counts.refused)} refused`}
    </p>
  );
}
