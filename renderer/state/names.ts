import { statesInOrder } from '../../shared/domain/taxonomy.ts';
import type { FilterField, ViewId } from './address.ts';
import type { EnvironmentInfo } from './session-store.ts';

export const VIEW_LABELS: Record<ViewId, string> = {
  practices: 'Practices',
  masters: 'Masters',
  practice: 'Practice page',
  master: 'Master page',
  funnels: 'Funnels',
  cohorts: 'Cohorts',
  engagement: 'Engagement',
  explore: 'Explore',
  journeys: 'Journeys',
  usage: 'Usage',
  features: 'Features',
  signals: 'Signals',
  freshness: 'Freshness',
  quarantine: 'Rejected rows',
  sources: 'Sources',
  settings: 'Settings',
  alerts: 'Alerts',
};

export const FIELD_LABELS: Record<FilterField, string> = {
  locale: 'Locale',
  release: 'Release',
  practice: 'Practice',
  master: 'Master',
  state: 'State',
};

/** What a value of a field is called on screen: names come from the data; without one the value stands for itself. */
export function nameOf(field: FilterField, value: string, environment: EnvironmentInfo): string {
  return namesOf(field, environment).find(({ id }) => id === value)?.name ?? value;
}

function namesOf(field: FilterField, environment: EnvironmentInfo): { id: string; name: string }[] {
  if (field === 'practice') return environment.practices;
  if (field === 'master') return environment.masters;
  if (field !== 'state' || environment.taxonomy === null) return [];
  return statesInOrder(environment.taxonomy).map(({ id, label }) => ({ id, name: label }));
}
