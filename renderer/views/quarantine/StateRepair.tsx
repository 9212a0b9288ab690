import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { Select } from '../../parts/Select.tsx';
import { Swatch } from '../../parts/Swatch.tsx';
import type { StateName } from '../../state/state-names.ts';

interface StateRepairProps {
  /** No version of the taxonomy names it. */
  state: string;
  /** Those of the taxonomy, in its order. */
  states: readonly StateName[];
  isBusy: boolean;
  onRead: (as: StateName) => void;
}

/** An unknown state is read as a known one where somebody says so; the nearest is not guessed. */
export function StateRepair({ state, states, isBusy, onRead }: StateRepairProps) {
  const [chosen, setChosen] = useState('');
  const as = states.find(({ id }) => id === chosen);
  return (
    <div className="state-repair" role="group" aria-label={`Read ${state} as another state`}>
      <div>
        <span>
          Read <code>{state}</code> as
        </span>
        {as !== undefined && <Swatch slot={as.slot} />}
        <Select
          label={`Read ${state} as`}
          chosen={chosen}
          choices={[{ id: '', label: 'Choose a state' }, ...states.map(({ id, label }) => ({ id, label }))]}
          onChoose={setChosen}
        />
        <button
          type="button"
          className="button"
          disabled={isBusy || as === undefined}
          onClick={() => {
            if (as !== undefined) onRead(as);
          }}
        >
          Re-admit as this
        </button>
      </div>
      <p className="row-panel-quiet">
        <Icon name="pin" /> Until a taxonomy version names it. Written to the annotations and printed with
        every number on reactions.
      </p>
    </div>
  );
}
