import { useState } from 'react';
import { useValues } from '../../link/use-values.ts';
import { CheckList } from '../../parts/CheckList.tsx';
import type { FilterField } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { FIELD_LABELS } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { FIELD_PROPERTY } from '../../state/question-parts.ts';
import { valueChoices } from './value-choices.ts';

interface ValueListProps {
  field: FilterField;
  environment: EnvironmentInfo;
}

export function ValueList({ field, environment }: ValueListProps) {
  const chosen = useAddress(({ address }) => address.filters[field]);
  const filters = useAddress(({ address }) => address.filters);
  const go = useAddress((state) => state.go);
  const [search, setSearch] = useState('');
  const { values, problem } = useValues(environment.environment, FIELD_PROPERTY[field], search);
  return (
    <CheckList
      label={FIELD_LABELS[field]}
      choices={
        values === null ? null : valueChoices({ field, environment, values: values.values, chosen, search })
      }
      chosen={chosen}
      unlisted={values === null ? 0 : values.total - values.values.length}
      problem={problem}
      onSearch={setSearch}
      onChange={(next) => {
        go({ filters: { ...filters, [field]: next } });
      }}
    />
  );
}
