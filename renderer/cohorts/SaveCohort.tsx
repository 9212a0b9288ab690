import { useEffect, useId, useRef, useState } from 'react';
import { formatCount, formatQuantity, formatRate } from '../../shared/format/numbers.ts';
import { useServices } from '../app/services.ts';
import { useAct } from '../link/use-act.ts';
import { useQuestion } from '../link/use-question.ts';
import { Select } from '../parts/Select.tsx';
import { capitalise } from '../state/event-names.ts';
import { useNotice } from '../state/notice-store.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import { keepSaved, useSavedCohorts } from '../state/saved-cohorts-store.ts';
import { definitionInWords } from './definition-words.ts';
import { openCohort } from './open-cohort.ts';
import { closeSaving, usePeopleMenu } from './people-menu-store.ts';
import type { PeopleOffer } from './people-offers.ts';
import { freshSizeIn, sizeQuestion } from './size-question.ts';
import './people-menu.css';

/** Gives the people of a mark a name: who they are in words, and how many there are now. */
export function SaveCohort({ environment }: { environment: EnvironmentInfo }) {
  const saving = usePeopleMenu((state) => state.saving);
  if (saving === null) return null;
  return <SaveCohortDialog environment={environment} offers={saving.offers} first={saving.chosen} />;
}

interface SaveCohortDialogProps {
  environment: EnvironmentInfo;
  offers: readonly PeopleOffer[];
  first: number;
}

function SaveCohortDialog({ environment, offers, first }: SaveCohortDialogProps) {
  const [chosen, setChosen] = useState(first);
  const offer = offers[chosen] ?? offers[0];
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? offer?.name ?? '';
  const { backend } = useServices();
  const { doing, failure, run } = useAct();
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const heading = useId();
  const isTaken = useSavedCohorts(
    ({ cohorts }) => cohorts?.some((each) => each.name === name.trim()) === true,
  );
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
    field.current?.select();
  }, []);
  if (offer === undefined) return null;
  const save = async () => {
    const saved = await run('save', () =>
      backend.call('command.cohort.save', {
        environment: environment.environment,
        cohortId: null,
        name: name.trim(),
        definition: offer.definition,
      }),
    );
    if (saved === undefined) return;
    keepSaved(saved);
    closeSaving();
    useNotice.getState().say(`Saved ${saved.name}`, {
      label: 'Open',
      run: () => {
        openCohort(saved.cohortId);
      },
    });
  };
  return (
    <dialog ref={dialog} className="save-cohort" aria-labelledby={heading} onClose={closeSaving}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && doing === null) void save();
        }}
      >
        <h2 id={heading}>Save as cohort</h2>
        {offers.length > 1 && (
          <label>
            Who
            <Select
              label="Who"
              choices={offers.map(({ label }, index) => ({ id: String(index), label: capitalise(label) }))}
              chosen={String(chosen)}
              onChoose={(id) => {
                setChosen(Number(id));
              }}
            />
          </label>
        )}
        <label>
          Name
          <input
            ref={field}
            className="field"
            maxLength={200}
            value={name}
            onChange={({ target }) => {
              setTyped(target.value);
            }}
          />
        </label>
        <CohortSize environment={environment.environment} offer={offer} />
        <p className="save-cohort-note">{definitionInWords(offer.definition, environment)}</p>
        {offer.note !== undefined && <p className="save-cohort-note">{offer.note}</p>}
        <p className="save-cohort-note">
          Kept as this rule, not as a list: it is asked anew each time, so late events count.
        </p>
        {isTaken && (
          <p className="save-cohort-note" role="status">
            There is a cohort of this name already; both are kept.
          </p>
        )}
        {failure !== null && (
          <p className="save-cohort-problem" role="alert">
            {failure.message}
          </p>
        )}
        <div className="save-cohort-actions">
          <button type="button" className="button-quiet" onClick={closeSaving}>
            Cancel
          </button>
          <button type="submit" className="button-primary" disabled={name.trim() === '' || doing !== null}>
            Save cohort
          </button>
        </div>
      </form>
    </dialog>
  );
}

function CohortSize({ environment, offer }: { environment: string; offer: PeopleOffer }) {
  const counted = useQuestion('cohort.size', sizeQuestion(environment, offer.definition));
  const everybody = useQuestion('cohort.everybody', sizeQuestion(environment, null));
  const size = freshSizeIn(counted);
  const all = freshSizeIn(everybody);
  if (counted.state.status === 'failed')
    return (
      <p className="save-cohort-problem" role="alert">
        {counted.state.failure.message}
      </p>
    );
  return (
    <p className="save-cohort-size" role="status" aria-busy={size === null}>
      {size === null ? (
        <span>Counting…</span>
      ) : (
        <>
          <strong>{formatCount(size)}</strong>
          <span>
            {formatQuantity(size, 'person', 'people').replace(/^\S+ /, '')}
            {all !== null && all > 0 && `, ${formatRate(size / all)} of all`}
          </span>
        </>
      )}
    </p>
  );
}
