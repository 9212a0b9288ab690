import { useEffect, useState } from 'react';
import type { AlertsState } from '../../../../shared/rpc/contract/alerts.ts';
import type { SavedCohort } from '../../../../shared/rpc/contract/cohorts.ts';
import type { SavedView } from '../../../../shared/rpc/contract/views.ts';
import { useServices } from '../../../app/services.ts';
import { formatQuantity } from '../../../../shared/format/numbers.ts';
import { parseAddress } from '../../../state/address.ts';
import { savedChoice } from '../../../state/cohort-choice.ts';
import { useSavedCohorts } from '../../../state/saved-cohorts-store.ts';
import { useSavedViews } from '../../../state/saved-views-store.ts';
import { joinWithAnd } from '../../funnels/words.ts';

/** What stops working without a cohort, by name. */
export interface CohortUses {
  views: string[];
  alerts: string[];
  cohorts: string[];
}

interface Known {
  views: readonly SavedView[];
  alerts: AlertsState | null;
  cohorts: readonly SavedCohort[];
}

export function usesOf(cohortId: string, { views, alerts, cohorts }: Known): CohortUses {
  const names = (definition: unknown): boolean =>
    JSON.stringify(definition ?? null).includes(`"cohort":${JSON.stringify(cohortId)}`);
  return {
    views: views.filter(({ address }) => viewNames(address, cohortId)).map(({ name }) => name),
    alerts: (alerts?.rules ?? []).filter(names).map(({ rule }) => rule.name),
    cohorts: cohorts
      .filter((cohort) => cohort.cohortId !== cohortId && names(cohort.definition))
      .map(({ name }) => name),
  };
}

function viewNames(hash: string, cohortId: string): boolean {
  const choice = savedChoice(cohortId);
  const { address } = parseAddress(hash);
  return (
    address.cohort === choice ||
    (address.view === 'cohorts' &&
      (address.cohorts.against === choice || address.cohorts.saved === cohortId)) ||
    (address.view === 'funnels' && address.funnels.against === choice)
  );
}

/** "saved view Monday and alert Capture"; empty where nothing uses it. */
export function usesInWords({ views, alerts, cohorts }: CohortUses): string {
  const named = (one: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [
          names.length === 1
            ? `${one} ${names[0] ?? ''}`
            : `${formatQuantity(names.length, one)} (${names.join(', ')})`,
        ];
  return joinWithAnd([...named('saved view', views), ...named('alert', alerts), ...named('cohort', cohorts)]);
}

/** Reads what there is that can name a cohort. */
export function useUses(environment: string): (cohortId: string) => CohortUses {
  const { backend } = useServices();
  const views = useSavedViews((state) => state.views) ?? [];
  const cohorts = useSavedCohorts((state) => state.cohorts) ?? [];
  const [alerts, setAlerts] = useState<AlertsState | null>(null);
  useEffect(() => {
    let isGone = false;
    backend.call('query.alerts', { environment }).then(
      (state) => {
        if (!isGone) setAlerts(state);
      },
      () => undefined, // without alerts the other uses are still named
    );
    return () => {
      isGone = true;
    };
  }, [backend, environment]);
  return (cohortId) => usesOf(cohortId, { views, alerts, cohorts });
}
