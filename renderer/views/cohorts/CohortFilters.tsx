import { useState } from 'react';
import { EventList } from '../../app/EventList.tsx';
import { FilterButton } from '../../app/filters/FilterButton.tsx';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';
import {
  COHORT_INTERVALS,
  COHORT_MODES,
  COHORT_TYPES,
  type CohortsState,
  parseBrackets,
} from '../../state/cohorts-address.ts';
import { capitalise } from '../../state/event-names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { anchorInWords, lowerEvent, MODE_LABELS, TYPE_DETAILS, TYPE_LABELS } from './words.ts';

interface CohortFiltersProps {
  state: CohortsState;
  environment: EnvironmentInfo;
}

/** What makes a cohort, what counts as coming back, and how time is cut: before the filters that narrow both. */
export function CohortFilters({ state, environment }: CohortFiltersProps) {
  const go = useAddress((store) => store.go);
  const set = (change: Partial<CohortsState>) => {
    go({ cohorts: { ...state, chosen: null, ...change } });
  };
  const isRetention = state.page === 'retention';
  return (
    <>
      {isRetention && (
        <FilterButton name="Cohort by" value={anchorInWords(state)} letter="b">
          {(close) => (
            <AnchorMenu
              state={state}
              environment={environment}
              onSet={(change) => {
                set(change);
                if (change.anchor !== undefined) close();
              }}
            />
          )}
        </FilterButton>
      )}
      <FilterButton name={isRetention ? 'Return' : 'Active by'} value={lowerEvent(state.return)} letter="e">
        {(close) => (
          <EventList
            label="Events that count"
            environment={environment.environment}
            chosen={state.return}
            onChoose={(event) => {
              set({ return: event });
              close();
            }}
          />
        )}
      </FilterButton>
      <FilterButton name="Unit" value={unitInWords(state)} letter="u">
        {(close) => <UnitMenu state={state} onSet={set} onClose={close} />}
      </FilterButton>
    </>
  );
}

function unitInWords({ interval, mode, page }: CohortsState): string {
  if (page === 'lifecycle') return interval;
  return { calendar: interval, rolling: `${interval}, rolling`, '24h': `${interval}, 24 h` }[mode];
}

interface AnchorMenuProps extends CohortFiltersProps {
  onSet: (change: Partial<CohortsState>) => void;
}

function AnchorMenu({ state, environment, onSet }: AnchorMenuProps) {
  return (
    <>
      <div className="menu-choice-row">
        <SegmentedControl
          label="Which one starts a cohort"
          choices={COHORT_TYPES.map((id) => ({
            id,
            label: capitalise(TYPE_LABELS[id]),
            title: TYPE_DETAILS[id],
          }))}
          chosen={state.type}
          onChoose={(type) => {
            onSet({ type });
          }}
        />
      </div>
      <div className="menu-note menu-note-tight">{capitalise(TYPE_DETAILS[state.type])}</div>
      <EventList
        label="Events that start a cohort"
        environment={environment.environment}
        chosen={state.anchor}
        onChoose={(anchor) => {
          onSet({ anchor });
        }}
      />
    </>
  );
}

interface UnitMenuProps {
  state: CohortsState;
  onSet: (change: Partial<CohortsState>) => void;
  onClose: () => void;
}

function UnitMenu({ state, onSet, onClose }: UnitMenuProps) {
  return (
    <>
      <RadioMenu
        label="Periods"
        choices={COHORT_INTERVALS.map((id) => ({ id, label: capitalise(id) }))}
        chosen={state.interval}
        onChoose={(interval) => {
          onSet({ interval });
          onClose();
        }}
      />
      {state.page === 'retention' && (
        <>
          <div className="menu-part">
            <RadioMenu
              label="A period counts"
              takesFocus={false}
              choices={COHORT_MODES.map((id) => ({ id, label: MODE_LABELS[id] }))}
              chosen={state.mode}
              onChoose={(mode) => {
                onSet({ mode });
                onClose();
              }}
            />
          </div>
          <ReturnsField
            state={state}
            onSet={(change) => {
              onSet(change);
              onClose();
            }}
          />
          <BracketsField
            state={state}
            onSet={(change) => {
              onSet(change);
              onClose();
            }}
          />
        </>
      )}
    </>
  );
}

interface FieldProps {
  state: CohortsState;
  onSet: (change: Partial<CohortsState>) => void;
}

const MOST_RETURNS = 1_000;

function ReturnsField({ state, onSet }: FieldProps) {
  const [text, setText] = useState(String(state.minimumReturns));
  const value = Number(text);
  const isValid = /^\d{1,4}$/.test(text) && value >= 1 && value <= MOST_RETURNS;
  return (
    <form
      className="menu-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onSet({ minimumReturns: value });
      }}
    >
      <span>At least</span>
      <input
        className="menu-field-number"
        inputMode="numeric"
        aria-label="Returns in a period"
        aria-invalid={!isValid}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <span>times</span>
      <button type="submit" className="button-quiet" disabled={!isValid}>
        Set
      </button>
    </form>
  );
}

/** "1, 2, 4": columns of so many periods each; empty: one column per period. */
function BracketsField({ state, onSet }: FieldProps) {
  const [text, setText] = useState(state.brackets?.join(', ') ?? '');
  const isEmpty = text.trim() === '';
  const brackets = isEmpty ? null : parseBrackets(text.trim());
  return (
    <form
      className="menu-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (brackets === undefined) return;
        const columns = brackets?.length ?? Infinity;
        onSet({ brackets, column: Math.min(state.column, columns) });
      }}
    >
      <span>Columns of</span>
      <input
        aria-label={`Columns of so many ${state.interval}s`}
        aria-invalid={brackets === undefined}
        placeholder={`1 ${state.interval} each`}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <button type="submit" className="button-quiet" disabled={brackets === undefined}>
        Set
      </button>
    </form>
  );
}
