import { useState } from 'react';
import type { ErrorCode } from '../../shared/errors.ts';
import { toLocalTime } from '../../shared/format/local-time.ts';
import type { Failure } from '../link/backend.ts';
import type { Question } from '../link/use-question.ts';
import { useSession } from '../state/session-store.ts';
import { Icon } from './Icon.tsx';

/** Why there is nothing to see, in words; detail in mono; a next step always. */
export function FailedBlock({ question }: { question: Question }) {
  const { state, retry } = question;
  if (state.status !== 'failed') return null;
  return (
    <div className="tile-block" role="alert">
      <span className="tile-block-crit">
        <Icon name="alert" />
      </span>
      <h3>{failureTitle(state.failure.code)}</h3>
      <pre>{state.failure.message}</pre>
      <div className="tile-block-actions">
        <button type="button" className="button-primary" onClick={retry}>
          <Icon name="sync" />
          Try again
        </button>
        <CopyDetails failure={state.failure} />
      </div>
    </div>
  );
}

/** The last good answer stays; the line says since when, and why there is no newer one. */
export function FailedLine({ questions }: { questions: readonly Question[] }) {
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const failed = questions.find(({ state }) => state.status === 'failed' && state.good !== null);
  if (failed?.state.status !== 'failed' || failed.state.good === null) return null;
  const { failure, good } = failed.state;
  return (
    <div className="tile-line tile-line-crit" role="alert">
      <span title={failure.message}>
        {failureTitle(failure.code)}. Showing the answer of {toLocalTime(good.atMs, zone).time}.
      </span>
      <button type="button" className="tile-line-action" onClick={failed.retry}>
        Try again
      </button>
    </div>
  );
}

/** Without a link everything stays and grows older; the line says since when. */
export function OfflineLine({ questions }: { questions: readonly Question[] }) {
  const link = useSession((state) => state.link);
  const sinceMs = useSession((state) => state.offlineSinceMs);
  const zone = useSession(({ workspace }) => workspace?.zone ?? 'UTC');
  const answeredMs = questions.map(({ state }) => state.good?.atMs ?? null).filter((atMs) => atMs !== null);
  if (link !== 'offline' || sinceMs === null || answeredMs.length === 0) return null;
  return (
    <div className="tile-line tile-line-quiet">
      <span>
        Offline since {toLocalTime(sinceMs, zone).time}. Showing the answer of{' '}
        {toLocalTime(Math.min(...answeredMs), zone).time}.
      </span>
    </div>
  );
}

export function StoppedBlock({ question }: { question: Question }) {
  return (
    <div className="tile-block">
      <Icon name="info" />
      <h3>Stopped</h3>
      <p>The question was cancelled before its answer came.</p>
      <div className="tile-block-actions">
        <button type="button" className="button" onClick={question.retry}>
          Ask again
        </button>
      </div>
    </div>
  );
}

function CopyDetails({ failure }: { failure: Failure }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(
      JSON.stringify({ code: failure.code, message: failure.message, path: failure.path }),
    );
    setCopied(true);
  };
  return (
    <button
      type="button"
      className="button-quiet"
      onClick={() => {
        copy().catch(() => {
          setCopied(false);
        });
      }}
    >
      {isCopied ? 'Copied' : 'Copy details'}
    </button>
  );
}

/** One sentence per code; the message that came with it stands below. */
export function failureTitle(code: ErrorCode): string {
  switch (code) {
    case 'bad-input':
      return 'This question makes no sense';
    case 'not-found':
      return 'What was asked for is not there';
    case 'not-readable':
      return 'A file could not be read';
    case 'not-writable':
      return 'The data folder cannot be written';
    case 'disk-full':
      return 'The disk is full';
    case 'corrupt':
      return 'A stored file is damaged';
    case 'locked':
      return 'Another process holds this workspace';
    case 'source-unreachable':
      return 'The engine did not answer';
    case 'auth-failed':
      return 'This window is signed out';
    case 'schema-drift':
      return 'A source has changed its shape';
    case 'conflict':
      return 'Two changes contradict each other';
    case 'cancelled':
      return 'The question was cancelled';
    case 'worker-restarted':
      return 'The query process was restarted';
    case 'not-available':
      return 'This build cannot answer that';
    case 'too-large':
      return 'The answer is too large';
    case 'protocol-mismatch':
      return 'This window is of another version';
    case 'internal':
      return 'The question failed';
  }
}
