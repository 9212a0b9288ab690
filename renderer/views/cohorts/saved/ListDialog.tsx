import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { formatCount, formatQuantity } from '../../../../shared/format/numbers.ts';
import { useServices } from '../../../app/services.ts';
import { keepSaved } from '../../../state/saved-cohorts-store.ts';
import { useAct } from '../../../link/use-act.ts';
import '../../../cohorts/people-menu.css';

interface ListDialogProps {
  environment: string;
  /** Replaces the list of a saved cohort; null: a new one. */
  replaces: { cohortId: string; name: string } | null;
  onSaved: (cohortId: string) => void;
  onClose: () => void;
}

const MOST_IDS = 50_000; // what a message takes; longer lists come by the command line
const LONGEST_ID = 128;

/** Ids as they are pasted: one per line, or between commas, blanks or semicolons; each once. */
export function idsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((id) => id !== ''))];
}

/** A cohort by a list. Ids are counted, never shown again; they stand in no address. */
export function ListDialog({ environment, replaces, onSaved, onClose }: ListDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { backend } = useServices();
  const { doing, failure, run } = useAct();
  const [name, setName] = useState(replaces?.name ?? '');
  const [text, setText] = useState('');
  const ids = useMemo(() => idsIn(text), [text]);
  const tooLong = ids.find((id) => id.length > LONGEST_ID);
  const known = useKnownCount(environment, tooLong === undefined && ids.length <= MOST_IDS ? ids : []);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, []);
  const problem =
    tooLong !== undefined
      ? `"${tooLong.slice(0, 20)}…" is longer than an id can be.`
      : ids.length > MOST_IDS
        ? `At most ${formatCount(MOST_IDS)} ids here; longer lists come by the command line.`
        : (failure?.message ?? null);
  const canSave = name.trim() !== '' && ids.length > 0 && ids.length <= MOST_IDS && tooLong === undefined;
  const save = async () => {
    const saved = await run('save', () =>
      backend.call('command.cohort.save', {
        environment,
        cohortId: replaces?.cohortId ?? null,
        name: name.trim(),
        definition: { users: ids },
      }),
    );
    if (saved === undefined) return;
    keepSaved(saved);
    onSaved(saved.cohortId);
  };
  return (
    <dialog ref={dialog} className="save-cohort" aria-labelledby={heading} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave && doing === null) void save();
        }}
      >
        <h2 id={heading}>{replaces === null ? 'Cohort from a list' : 'Replace the list'}</h2>
        <label>
          Name
          <input
            className="field"
            maxLength={200}
            value={name}
            onChange={({ target }) => {
              setName(target.value);
            }}
          />
        </label>
        <label>
          User ids, one per line
          <textarea
            className="field cohort-ids"
            rows={8}
            spellCheck={false}
            value={text}
            onChange={({ target }) => {
              setText(target.value);
            }}
          />
        </label>
        <p className="save-cohort-size" role="status">
          <strong>{formatCount(ids.length)}</strong>
          <span>
            {formatQuantity(ids.length, 'id').replace(/^\S+ /, '')}
            {known !== null && `, ${formatCount(known)} of them known here`}
          </span>
        </p>
        <p className="save-cohort-note">
          A list stays as it is pasted. It is kept on this machine and never shown again; a deletion request
          takes an id out of it.
        </p>
        {problem !== null && (
          <p className="save-cohort-problem" role="alert">
            {problem}
          </p>
        )}
        <div className="save-cohort-actions">
          <button type="button" className="button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button-primary" disabled={!canSave || doing !== null}>
            Save cohort
          </button>
        </div>
      </form>
    </dialog>
  );
}

const SETTLE_MS = 300; // typing goes on; a pasted list is counted once

/** How many of the ids have an event; asked past the coordinator, so that no passport and no cache holds them. */
function useKnownCount(environment: string, ids: readonly string[]): number | null {
  const { backend } = useServices();
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    setCount(null);
    if (ids.length === 0) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      backend
        .ask(
          {
            kind: 'trend',
            environment,
            cohort: { users: [...ids] },
            display: 'total',
            series: [{ event: null, measure: 'users' }],
          },
          { signal: controller.signal },
        )
        .then(
          ({ result }) => {
            if (!controller.signal.aborted && 'series' in result) setCount(result.series[0]?.total ?? null);
          },
          () => undefined, // how many are pasted is known all the same
        );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [backend, environment, ids]);
  return count;
}
