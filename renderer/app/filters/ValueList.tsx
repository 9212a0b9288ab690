import { useEffect, useState } from 'react';
import type { ResultOf } from '../../../shared/rpc/methods.ts';
import { CheckList } from '../../parts/CheckList.tsx';
import type { FilterField } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { FIELD_LABELS } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { FIELD_PROPERTY } from '../../state/question-parts.ts';
import { useServices } from '../services.ts';
import { valueChoices } from './value-choices.ts';

interface ValueListProps {
  field: FilterField;
  environment: EnvironmentInfo;
}

type Values = ResultOf<'query.values'>;

const LISTED = 200; // longer lists are searched, not scrolled

export function ValueList({ field, environment }: ValueListProps) {
  const chosen = useAddress(({ address }) => address.filters[field]);
  const filters = useAddress(({ address }) => address.filters);
  const go = useAddress((state) => state.go);
  const [search, setSearch] = useState('');
  const { values, problem } = useValues(environment.environment, field, search);
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

/** The most frequent values; asked again with the search only where not all are listed. */
function useValues(environment: string, field: FilterField, search: string) {
  const { backend } = useServices();
  const [values, setValues] = useState<Values | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const isComplete = values !== null && values.total <= LISTED;
  const asked = isComplete ? '' : search;
  useEffect(() => {
    const controller = new AbortController();
    const params = { environment, property: FIELD_PROPERTY[field], search: asked, limit: LISTED };
    backend.call('query.values', params, { signal: controller.signal }).then(
      (found) => {
        if (!controller.signal.aborted) setValues(found);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      controller.abort();
    };
  }, [backend, environment, field, asked]);
  return { values, problem };
}
