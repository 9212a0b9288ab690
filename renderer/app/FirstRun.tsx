import { type ReactNode, useEffect, useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format/numbers.ts';
import { toLocalTime } from '../../shared/format/local-time.ts';
import type { SyncState, WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { Icon } from '../parts/Icon.tsx';
import { useSession } from '../state/session-store.ts';
import { useServices } from './services.ts';
import { type SourceWay, SOURCE_WAYS } from './source-ways.ts';
import './first-run.css';

/** Until the first events are there: where they may come from, and how far the sync is, with rows that add up. null: the
 *  folder holds no workspace yet. */
export function FirstRun({ workspace }: { workspace: WorkspaceInfo | null }) {
  const sync = useSession((state) => state.sync);
  const sample = useSample();
  const hasSources = workspace !== null && workspace.sources.length > 0;
  const isRunning = sync?.state === 'running';
  return (
    <div className="first-run">
      <section className="first-run-ways" aria-labelledby="first-run-title">
        <p className="first-run-crumb">
          {workspace === null || !hasSources ? 'Welcome to Tidemark' : workspace.name}
        </p>
        <h1 id="first-run-title">{hasSources ? 'No events yet' : 'Where do your events live?'}</h1>
        <p>
          {hasSources
            ? 'The sources of this workspace have not been read, or hold nothing.'
            : 'Events are copied to this device and stay on it. Credentials go to the system keychain. Nothing else leaves, and every view works offline.'}
        </p>
        <Ways onSample={hasSources ? null : sample.open} />
      </section>
      <section className="first-run-side" aria-label="What happens">
        {isRunning ? (
          <Opening workspace={workspace} sync={sync} />
        ) : sample.progress !== null ? (
          <Writing progress={sample.progress} />
        ) : (
          <Start hasSources={hasSources} sample={sample} sync={sync} />
        )}
      </section>
    </div>
  );
}

interface WaysProps {
  /** null: there are sources already, a sample would not be made. */
  onSample: (() => void) | null;
}

/** Numbers choose, as printed beside each way. */
function Ways({ onSample }: WaysProps) {
  useEffect(() => {
    const onKey = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      if (ctrlKey || metaKey || altKey) return;
      if (target instanceof HTMLElement && target.closest('input, dialog, [role=menu]') !== null) return;
      const way = SOURCE_WAYS[Number(key) - 1];
      if (way !== undefined) choose(way);
      else if (key === String(SOURCE_WAYS.length + 1)) onSample?.();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [onSample]);
  return (
    <>
      <ul>
        {SOURCE_WAYS.map((way, index) => (
          <li key={way.kind}>
            <Way
              icon={<Icon name={way.icon} />}
              title={way.title}
              detail={way.detail}
              number={index + 1}
              onPress={() => {
                choose(way);
              }}
            />
          </li>
        ))}
      </ul>
      {onSample !== null && (
        <>
          <p className="first-run-or">or start without one</p>
          <ul>
            <li>
              <Way
                icon={<Icon name="practices" />}
                title="Sample workspace"
                detail="400,000 made-up events of 180 days, from raw files that are read like yours"
                number={SOURCE_WAYS.length + 1}
                onPress={onSample}
              />
            </li>
          </ul>
        </>
      )}
    </>
  );
}

/** Adding is the business of the screen of sources. */
function choose({ kind }: SourceWay): void {
  location.hash = `#/sources?new=${kind}`;
}

interface WayProps {
  icon: ReactNode;
  title: string;
  detail: string;
  number: number;
  onPress: () => void;
}

function Way({ icon, title, detail, number, onPress }: WayProps) {
  return (
    <button type="button" className="first-run-way" aria-keyshortcuts={String(number)} onClick={onPress}>
      {icon}
      <span className="first-run-way-text">
        <strong>{title}</strong>
        <span>{detail}</span>
      </span>
      <kbd className="key">{number}</kbd>
    </button>
  );
}

interface Sample {
  open: () => void;
  /** Files of the sample that are written; null while none are. */
  progress: { done: number; total: number } | null;
  problem: string | null;
}

function useSample(): Sample {
  const { backend } = useServices();
  const hasSources = useSession(({ workspace }) => (workspace?.sources.length ?? 0) > 0);
  const [progress, setProgress] = useState<Sample['progress']>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const make = async () => {
    setProblem(null);
    if (!hasSources) {
      setProgress({ done: 0, total: 0 });
      await backend.call(
        'command.sample.create',
        {},
        {
          onProgress: ({ filesWritten, filesTotal }) => {
            setProgress({ done: filesWritten, total: filesTotal });
          },
        },
      );
      setProgress(null);
    }
    await backend.call('command.sync.run', {});
  };
  const open = () => {
    make().catch((error: unknown) => {
      setProgress(null);
      setProblem(error instanceof AppError ? error.message : 'The sync could not be started');
    });
  };
  return { open, progress, problem };
}

interface StartProps {
  hasSources: boolean;
  sample: Sample;
  sync: SyncState | null;
}

function Start({ hasSources, sample, sync }: StartProps) {
  const said = sample.problem ?? (sync?.state === 'failed' ? sync.message : null);
  return (
    <>
      <h2>{hasSources ? 'Read the sources' : 'Nothing is read yet'}</h2>
      <ol className="first-run-steps">
        <li>Objects or rows are listed, newest day first.</li>
        <li>Each is read, and what looks personal is replaced before anything is written.</li>
        <li>Views open as their days arrive; read = kept + duplicate + set aside, always.</li>
      </ol>
      {said !== null && (
        <pre className="first-run-problem" role="alert">
          {said}
        </pre>
      )}
      <div className="first-run-actions">
        <button type="button" className="button-primary" onClick={sample.open}>
          {hasSources ? 'Sync now' : 'Open the sample workspace'}
        </button>
      </div>
    </>
  );
}

function Writing({ progress: { done, total } }: { progress: { done: number; total: number } }) {
  return (
    <>
      <h2>Writing the sample as raw files</h2>
      <p className="first-run-share">
        <strong>{total === 0 ? 0 : Math.floor((done / total) * 100)}%</strong> {formatCount(done)} of{' '}
        {formatCount(total)} files
      </p>
      <progress value={done} max={Math.max(1, total)} aria-label="Files written" />
    </>
  );
}

function Opening({ workspace, sync }: { workspace: WorkspaceInfo | null; sync: SyncState }) {
  const { filesDone, filesTotal, counts, sourceName, startedAt } = sync;
  const share = filesTotal === 0 ? 0 : filesDone / filesTotal;
  return (
    <>
      <div className="first-run-head">
        <h2>Opening {workspace?.name ?? 'the workspace'}</h2>
        {startedAt !== null && workspace !== null && (
          <span>since {toLocalTime(startedAt, workspace.zone).time}</span>
        )}
      </div>
      <p className="first-run-share">
        <strong>{Math.floor(share * 100)}%</strong> {formatCount(filesDone)} of {formatCount(filesTotal)}{' '}
        files
        {sourceName === null ? '' : `, reading ${sourceName}`}
      </p>
      <progress value={filesDone} max={Math.max(1, filesTotal)} aria-label="Files read" />
      <h3>
        Rows so far <span>always add up</span>
      </h3>
      <dl className="first-run-sum">
        <Figure label="read" value={counts.read} />
        <span aria-hidden="true">=</span>
        <Figure label="kept" value={counts.kept} />
        <span aria-hidden="true">+</span>
        <Figure label="duplicate" value={counts.duplicate} />
        <span aria-hidden="true">+</span>
        <Figure label="set aside" value={counts.quarantined} />
      </dl>
      {counts.scrubbed > 0 && (
        <p className="first-run-scrubbed">
          <Icon name="lock" />
          {formatCount(counts.scrubbed)} personal values were replaced before anything was written.
        </p>
      )}
      <p className="first-run-note">Views open by themselves with the first days that are complete.</p>
    </>
  );
}

function Figure({ label, value }: { label: string; value: number }) {
  return (
    <div>
      <dd>{formatCount(value)}</dd>
      <dt>{label}</dt>
    </div>
  );
}
