import { useState } from 'react';
import type { FreshnessReport, FreshSource, Gap } from '../../../shared/rpc/contract/freshness.ts';
import type { JobsState, SourceJob } from '../../../shared/rpc/contract/jobs.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { formatCompact, formatQuantity, formatRate, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { noteMark } from '../../notes/note-mark.ts';
import { Icon, type IconName } from '../../parts/Icon.tsx';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { DEFAULT_OPERATE } from '../../state/operate-address.ts';
import { lagScale } from './lag-scale.ts';
import { KIND_WORDS, STATUS_WORDS } from './words.ts';

interface SourcesTileProps {
  report: FreshnessReport;
  jobs: JobsState | null;
  zone: string;
}

export function SourcesTile({ report, jobs, zone }: SourcesTileProps) {
  const act = useAct();
  const [isWhole, setWhole] = useState(false);
  const scale = lagScale(report.sources);
  const quiet = report.sources.filter(isQuiet);
  const shown = [
    ...report.sources.filter((source) => !isQuiet(source)),
    ...(isWhole || quiet.length < FEW ? quiet : []),
  ];
  return (
    <PlainTile
      id="fresh-sources"
      title="Sources"
      subtitle={`lag bars run 0 to ${formatDuration(scale.toMs)}, the tick is the target`}
    >
      <Refusal failure={act.failure} what="That was refused" onDismiss={act.clear} />
      <table className="rows-table fresh-table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Kind</th>
            <th scope="col" data-number>
              Complete to
            </th>
            <th scope="col">Lag</th>
            <th scope="col" data-number>
              Target
            </th>
            <th scope="col" data-number>
              Rows, 24 h
            </th>
            <th scope="col">Rows per hour</th>
            <th scope="col">Status</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((source) => (
            <SourceRow
              key={`${source.sourceName} ${source.environment}`}
              source={source}
              job={jobs?.sources.find(({ sourceName }) => sourceName === source.sourceName)}
              {...{ report, zone, scale, act }}
            />
          ))}
          {quiet.length >= FEW && (
            <tr>
              <td colSpan={9}>
                <button
                  type="button"
                  className="fresh-more"
                  aria-expanded={isWhole}
                  onClick={() => {
                    setWhole(!isWhole);
                  }}
                >
                  <Icon name={isWhole ? 'chevron-down' : 'chevron-right'} />
                  {formatQuantity(quiet.length, 'source')} of dimensions and feeds, all on time
                </button>
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </PlainTile>
  );
}

const FEW = 3;

/** Dimensions have nothing to say while they are on time. */
const isQuiet = ({ dataset, status, isPaused, openGaps, mismatches, lastFailure }: FreshSource): boolean =>
  dataset !== 'events' &&
  status === 'on-time' &&
  !isPaused &&
  openGaps === 0 &&
  mismatches.length === 0 &&
  lastFailure === null;

interface SourceRowProps {
  source: FreshSource;
  job: SourceJob | undefined;
  report: FreshnessReport;
  zone: string;
  scale: ReturnType<typeof lagScale>;
  act: ReturnType<typeof useAct>;
}

function SourceRow({ source, job, report, zone, scale, act }: SourceRowProps) {
  const address = useAddress((state) => state.address);
  const { sourceName, kind, completeTo, lagMs, targetMs, rows24h, rowsPerBucket } = source;
  const isLate = source.status === 'late';
  const href = formatAddress({
    ...address,
    view: 'sources',
    operate: { ...DEFAULT_OPERATE, source: sourceName },
  });
  return (
    <tr
      data-source={sourceName}
      data-late={isLate}
      {...noteMark({
        anchor: { kind: 'series', value: sourceName },
        label: sourceName,
        value: null,
        interval: null,
        n: null,
      })}
    >
      <th scope="row">
        <a className="fresh-name" href={href}>
          {sourceName}
        </a>
      </th>
      <td className="fresh-quiet">
        <span className="fresh-kind">
          <Icon name={kind === 'folder' ? 'folder' : kind === 's3' ? 'bucket' : 'database'} />
          {KIND_WORDS[kind] ?? kind}
        </span>
      </td>
      <td data-number data-key="complete">
        {completeTo === null ? NOT_DEFINED : formatMomentNear(completeTo, report.now, zone)}
      </td>
      <td>
        <span className="fresh-lag">
          <LagBar lagMs={lagMs} targetMs={targetMs} isLate={isLate} toMs={scale.toMs} />
          <span data-key="lag">{lagMs === null ? NOT_DEFINED : formatDuration(lagMs)}</span>
        </span>
      </td>
      <td data-number className="fresh-quiet">
        {targetMs === null ? NOT_DEFINED : formatDuration(targetMs)}
      </td>
      <td data-number data-key="rows">
        {formatCompact(rows24h)}
      </td>
      <td>
        <Spark counts={hourly(rowsPerBucket)} isLate={isLate} />
      </td>
      <td>
        <Status
          source={source}
          job={job}
          gaps={report.gaps.filter((gap) => gap.sourceName === sourceName && gap.state !== 'replayed')}
          when={(gap) => gapMoments(gap, report.now, zone)}
        />
      </td>
      <td>
        <RowActions source={source} job={job} act={act} />
      </td>
    </tr>
  );
}

interface LagBarProps {
  lagMs: number | null;
  targetMs: number | null;
  isLate: boolean;
  toMs: number;
}

function LagBar({ lagMs, targetMs, isLate, toMs }: LagBarProps) {
  const share = (ms: number) => `${Math.min(100, (ms / toMs) * 100)}%`;
  return (
    <span className="lag-bar" data-late={isLate} aria-hidden="true">
      {lagMs !== null && <span style={{ width: share(lagMs) }} />}
      {targetMs !== null && targetMs <= toMs && <i style={{ left: share(targetMs) }} />}
    </span>
  );
}

/** Of the last 24 hours, from half hours. */
function hourly(buckets: readonly number[]): number[] {
  const last = buckets.slice(-48);
  return last.flatMap((count, index) => (index % 2 === 0 ? [count + (last[index + 1] ?? 0)] : []));
}

const SPARK = { width: 60, height: 18 };

function Spark({ counts, isLate }: { counts: readonly number[]; isLate: boolean }) {
  if (counts.length < 2) return <span className="fresh-quiet">{NOT_DEFINED}</span>;
  const most = Math.max(1, ...counts);
  const x = (index: number) => 2 + (index / (counts.length - 1)) * (SPARK.width - 5);
  const y = (count: number) => SPARK.height - 3 - (count / most) * (SPARK.height - 6);
  const points = counts.map((count, index) => `${x(index).toFixed(1)} ${y(count).toFixed(1)}`).join('L');
  const last = counts.at(-1) ?? 0;
  return (
    <svg
      className="fresh-spark"
      data-late={isLate}
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      width={SPARK.width}
      height={SPARK.height}
      role="img"
      aria-label={`Last hour ${formatCompact(last)}, most ${formatCompact(most)} in an hour`}
    >
      <path d={`M${points}`} />
      <circle cx={x(counts.length - 1)} cy={y(last)} r="1.8" />
    </svg>
  );
}

const STATUS_ICONS: Record<FreshSource['status'], IconName> = {
  'on-time': 'check',
  late: 'clock',
  unreachable: 'cloud-off',
  differs: 'alert',
  unread: 'clock',
};

function gapMoments({ from, to }: Gap, now: string, zone: string): string {
  return `${formatMomentNear(from, now, zone)}, ${formatDuration(Date.parse(to) - Date.parse(from))}`;
}

interface StatusProps {
  source: FreshSource;
  job: SourceJob | undefined;
  gaps: readonly Gap[];
  when: (gap: Gap) => string;
}

function Status({ source, job, gaps, when }: StatusProps) {
  const { status, openGaps, mismatches, lastFailure, isPaused } = source;
  const waiting = job?.waitingFor ?? null;
  const differing = mismatches.length;
  return (
    <span className="fresh-status" data-status={status} title={lastFailure ?? undefined}>
      <Icon name={STATUS_ICONS[status]} />
      <span data-key="status">{STATUS_WORDS[status]}</span>
      {isPaused && <span className="badge badge-quiet">Paused</span>}
      {job?.state === 'running' && <span className="badge badge-quiet">Reading</span>}
      {waiting !== null && (
        <span className="badge badge-quiet" title={waiting}>
          Waiting
        </span>
      )}
      {openGaps > 0 && (
        <span className="badge badge-crit" title={gaps.map(when).join('; ')}>
          {formatQuantity(openGaps, 'gap')}
        </span>
      )}
      {differing > 0 && (
        <span
          className="badge badge-crit"
          title={mismatches.map(({ day, ratio }) => `${day}: ${formatRate(ratio)} differs`).join('; ')}
        >
          {formatQuantity(differing, 'day')} differ
        </span>
      )}
    </span>
  );
}

function RowActions({ source, job, act }: Pick<SourceRowProps, 'source' | 'job' | 'act'>) {
  const { backend } = useServices();
  const { sourceName, isPaused } = source;
  const isBusy = job?.state === 'running' || job?.state === 'queued';
  const pauses = isPaused ? 'Resume' : 'Pause';
  return (
    <span className="fresh-actions">
      <button
        type="button"
        className="button-icon"
        aria-label={`Sync ${sourceName} now`}
        title="Sync now"
        disabled={isBusy}
        onClick={() => void act.run('sync', () => backend.call('command.jobs.run', { sourceName }))}
      >
        <Icon name="sync" />
      </button>
      <button
        type="button"
        className="button-icon"
        aria-label={`${pauses} ${sourceName}`}
        title={pauses}
        onClick={() =>
          void act.run('pause', () =>
            backend.call(isPaused ? 'command.jobs.resume' : 'command.jobs.pause', { sourceName }),
          )
        }
      >
        <Icon name={isPaused ? 'play' : 'pause'} />
      </button>
    </span>
  );
}
