import { useEffect, useState } from 'react';
import { PATIENCE_MS } from '../link/coordinator.ts';
import type { Question } from '../link/use-question.ts';

interface TileFetchingProps {
  questions: readonly Question[];
  /** Below the axes where nothing is drawn yet; in the head where a last answer stands, which it may not cover. */
  place: 'head' | 'foot';
}

/** Says how far a slow question is and offers to stop it; fast ones pass without a sign. */
export function TileFetching({ questions, place }: TileFetchingProps) {
  const running = questions.filter(({ state }) => state.fetching !== null);
  const sinceMs = Math.min(...running.map(({ state }) => state.fetching?.sinceMs ?? Infinity));
  const isSlow = useElapsed(running.length > 0 ? sinceMs : null);
  const isFirst = running.some(({ state }) => state.good === null);
  if (running.length === 0 || !isSlow || isFirst !== (place === 'foot')) return null;
  const progress = running.map(({ state }) => state.fetching?.progress ?? null).find((each) => each !== null);
  return (
    <div className="tile-fetching" role="status" data-place={place}>
      {progress != null && (
        <progress value={progress.done} max={Math.max(1, progress.total)} aria-label="Days read" />
      )}
      <span>{progress == null ? 'Reading' : `${progress.done} of ${progress.total} days`}</span>
      <button
        type="button"
        className="button-quiet"
        onClick={() => {
          for (const { stop } of running) stop();
        }}
      >
        Cancel
      </button>
    </div>
  );
}

/** Whether more than the patience has passed since then; null: nothing runs. */
function useElapsed(sinceMs: number | null): boolean {
  const [reached, setReached] = useState<number | null>(null);
  useEffect(() => {
    if (sinceMs === null) return;
    const timer = setTimeout(
      () => {
        setReached(sinceMs);
      },
      Math.max(0, sinceMs + PATIENCE_MS - Date.now()),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [sinceMs]);
  return sinceMs !== null && reached === sinceMs;
}
