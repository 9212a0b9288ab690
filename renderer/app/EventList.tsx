import { useState } from 'react';
import { formatCompact } from '../../shared/format/numbers.ts';
import { useValues } from '../link/use-values.ts';
import { ChoiceList } from '../parts/ChoiceList.tsx';
import { eventLabel } from '../state/event-names.ts';

interface EventListProps {
  label: string;
  environment: string;
  chosen: string | null;
  onChoose: (event: string | null) => void;
}

/** No event type can be empty, so nothing else has this id. */
const ANY = '';

/** Event types of the store with how many events there are of each; any event is one of them. */
export function EventList({ label, environment, chosen, onChoose }: EventListProps) {
  const [search, setSearch] = useState('');
  const { values, problem } = useValues(environment, 'event_type', search);
  return (
    <ChoiceList
      label={label}
      choices={
        values === null
          ? null
          : [
              { id: ANY, label: eventLabel(null) },
              ...values.values.map(({ value, events }) => ({
                id: value,
                label: eventLabel(value),
                detail: formatCompact(events),
              })),
            ]
      }
      chosen={chosen ?? ANY}
      problem={problem}
      onSearch={setSearch}
      onChoose={(id) => {
        onChoose(id === ANY ? null : id);
      }}
    />
  );
}
