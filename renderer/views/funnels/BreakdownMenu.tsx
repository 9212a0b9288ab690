import { useState } from 'react';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { useAddress } from '../../state/address-store.ts';
import { breakdownChoices, breakdownLabel } from '../../state/breakdowns.ts';
import { formatBreakdown, parseBreakdown } from '../../state/funnels-address.ts';
import { eventsOf, type Funnel } from './use-funnel.ts';

/** By what the funnel is taken apart: the usual properties, or any other by its name. */
export function BreakdownMenu({ funnel }: { funnel: Funnel }) {
  const { address, definition } = funnel;
  const go = useAddress((state) => state.go);
  const { breakdown } = address.funnels;
  const choices = breakdownChoices(eventsOf(definition));
  const choose = (text: string) => {
    const chosen = parseBreakdown(text);
    if (chosen !== undefined) go({ funnels: { ...address.funnels, breakdown: chosen } });
  };
  return (
    <MenuButton
      name="Breakdown"
      label="Breakdown"
      value={breakdownLabel(breakdown)}
      align="end"
      choices={choices.map((choice) => ({ id: formatBreakdown(choice), label: breakdownLabel(choice) }))}
      chosen={formatBreakdown(breakdown)}
      onChoose={choose}
    >
      {(close) => (
        <OtherProperty
          onSet={(property) => {
            choose(property);
            close();
          }}
        />
      )}
    </MenuButton>
  );
}

function OtherProperty({ onSet }: { onSet: (property: string) => void }) {
  const [text, setText] = useState('');
  const property = text.trim();
  return (
    <form
      className="menu-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (property !== '') onSet(property);
      }}
    >
      <input
        aria-label="Other property"
        placeholder="Other property"
        value={text}
        spellCheck={false}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <button type="submit" className="button-quiet" disabled={property === ''}>
        Set
      </button>
    </form>
  );
}
