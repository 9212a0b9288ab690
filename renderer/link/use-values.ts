import { useEffect, useState } from 'react';
import type { ResultOf } from '../../shared/rpc/methods.ts';
import { useServices } from '../app/services.ts';

export type Values = ResultOf<'query.values'>;

const LISTED = 200; // longer lists are searched, not scrolled

/** The most frequent values of a property; asked again with the search only where not all are listed. */
export function useValues(
  environment: string,
  property: string,
  search: string,
): { values: Values | null; problem: string | null } {
  const { backend } = useServices();
  const [known, setKnown] = useState<{ property: string; values: Values } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const values = known?.property === property ? known.values : null;
  const isComplete = values !== null && values.total <= LISTED;
  const asked = isComplete ? '' : search;
  useEffect(() => {
    if (property === '') return undefined;
    const controller = new AbortController();
    const params = { environment, property, search: asked, limit: LISTED };
    backend.call('query.values', params, { signal: controller.signal }).then(
      (found) => {
        if (!controller.signal.aborted) setKnown({ property, values: found });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      controller.abort();
    };
  }, [backend, environment, property, asked]);
  return { values, problem };
}
