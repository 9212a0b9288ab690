import { measure } from '../../../shared/alerts/evidence.ts';
import type { Subject } from '../../../shared/alerts/rule.ts';
import { subjectWords } from '../../../shared/alerts/sentence.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import type { AlertEvidence } from '../../../shared/rpc/contract/alerts.ts';
import { createZone } from '../../../shared/time/zone.ts';
import { formatDate } from '../../../shared/time/calendar-date.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { namesIn, releasesBetween } from './names.ts';

const DAY_MS = 86_400_000;
const RELEASES_BEFORE_MS = 3 * DAY_MS; // a release shows its effect within days
const SHOWN_DAYS = 28;

interface Judged {
  environment: string;
  subject: Subject;
  series: WatchedSeries;
  /** Buckets, both included. */
  from: number;
  to: number;
}

export function makeEvidence(
  store: EngineStore,
  { environment, subject, series, from, to }: Judged,
): AlertEvidence {
  const measured = measure(series, from, to);
  const filters = isFilters(subject);
  const { startMs, endMs } = measured;
  return {
    subject: subjectWords(subject, namesIn(store, environment)),
    measure: 'measure' in subject ? subject.measure : 'question',
    interval: subject.interval,
    ...measured,
    filters,
    releases: releasesBetween(store, environment, { fromMs: startMs - RELEASES_BEFORE_MS, toMs: endMs }),
    completeTo: series.completeTo,
    lateSources: series.lateSources,
    address: addressOf({ environment, filters, endMs, zone: series.zone }),
    explained: null,
  };
}

/** The slice that a subject names, value by value. */
function isFilters(subject: Subject): AlertEvidence['filters'] {
  if ('question' in subject) return [];
  const named = subject.filters.flatMap((filter) => {
    if (!('property' in filter) || filter.op !== 'is') return [];
    const values = Array.isArray(filter.value) ? filter.value : [filter.value];
    return values.map((value) => ({ property: filter.property, value: String(value) }));
  });
  const { state } = subject;
  return state === null ? named : [...named, { property: 'state', value: state }];
}

const ADDRESS_FIELDS: Readonly<Record<string, string>> = {
  practice_id: 'practice',
  master_id: 'master',
  locale: 'locale',
  app_version: 'release',
  state: 'state',
};

interface Shown {
  environment: string;
  filters: AlertEvidence['filters'];
  endMs: number;
  zone: string;
}

/** The Practices view with the slice, up to the day that fired. */
function addressOf({ environment, filters, endMs, zone: zoneName }: Shown): string {
  const zone = createZone(zoneName);
  const lastDay = zone.dayIndexAt(endMs - 1);
  const query = new URLSearchParams({ environment });
  query.set('from', formatDate(lastDay - SHOWN_DAYS + 1));
  query.set('to', formatDate(lastDay));
  for (const { property, value } of filters) {
    const field = ADDRESS_FIELDS[property];
    if (field !== undefined) query.append(field, value);
  }
  return `#/practices?${query.toString()}`;
}
