import { type DayNumber, HOUR_MS, isoDateOf, wallToUtcMs } from './calendar.ts';
import { CHANNELS, EXPERIMENTS, MASTERS, PRACTICES, SAMPLE_TAXONOMY } from './cast.ts';
import type { SampleUser } from './population.ts';
import { createRandom, itemAt } from './random.ts';
import type { Story } from './story.ts';
import { SAMPLE_ENVIRONMENT, isoOf } from './wire.ts';

/** A dimension or control feed that is delivered as one file. */
export interface DimensionFile {
  sourceName: string;
  dataset:
    | 'practices'
    | 'masters'
    | 'users'
    | 'experiments'
    | 'acquisition_costs'
    | 'releases'
    | 'taxonomy'
    | 'deletion_requests';
  folder: string;
  keyTemplate: string;
  freshnessTargetMinutes: number;
  fileName: string;
  columns: readonly string[];
  rows: readonly Record<string, unknown>[];
}

export interface DeletionRequest {
  requestId: string;
  userId: string;
  requestedAt: string;
}

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const USERS_EXPORT_TIME_MS = 3 * HOUR_MS; // nightly: who signed up since then is not in the dimension yet

export function dimensionFilesOf(
  story: Story,
  users: readonly SampleUser[],
  deletions: readonly DeletionRequest[],
): DimensionFile[] {
  return [
    fileOf('Reactions taxonomy', 'taxonomy', 'taxonomy', DAY_MINUTES, [SAMPLE_TAXONOMY]),
    fileOf('Practice catalogue', 'practices', 'practices', 6 * HOUR_MINUTES, practiceRows()),
    fileOf(
      'Masters',
      'masters',
      'masters',
      DAY_MINUTES,
      MASTERS.map(({ id, name }) => ({ id, name })),
    ),
    fileOf('Releases', 'releases', 'releases', DAY_MINUTES, releaseRows(story)),
    fileOf('Users', 'users', 'users', 2 * DAY_MINUTES, userRows(story, users)),
    fileOf('Experiments', 'experiments', 'experiments', DAY_MINUTES, experimentRows()),
    fileOf('Acquisition costs', 'acquisition_costs', 'acquisition-costs', 45 * DAY_MINUTES, costRows(story)),
    fileOf(
      'Deletion requests',
      'deletion_requests',
      'deletion-requests',
      DAY_MINUTES,
      deletionRows(deletions),
    ),
  ];
}

function fileOf(
  sourceName: string,
  dataset: DimensionFile['dataset'],
  folder: string,
  freshnessTargetMinutes: number,
  rows: readonly Record<string, unknown>[],
): DimensionFile {
  return {
    sourceName,
    dataset,
    folder,
    keyTemplate: `${dataset}/\${ENV}/`,
    freshnessTargetMinutes,
    fileName: `${dataset}/${SAMPLE_ENVIRONMENT}/part-000.ndjson.gz`,
    columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
    rows,
  };
}

const practiceRows = (): Record<string, unknown>[] =>
  PRACTICES.map(({ id, name, category, taughtBy }) => ({
    id,
    name,
    category,
    master_id: itemAt(taughtBy, 0).masterId,
  }));

const releaseRows = ({ releases }: Story): Record<string, unknown>[] =>
  releases.map(({ version, releasedAtMs }) => ({ version, released_at: isoOf(releasedAtMs) }));

function userRows({ seed, lastDay }: Story, users: readonly SampleUser[]): Record<string, unknown>[] {
  const random = createRandom(seed, 'user-columns');
  const exportedAtMs = wallToUtcMs(lastDay, USERS_EXPORT_TIME_MS);
  return users
    .filter(({ firstSeenMs }) => firstSeenMs < exportedAtMs)
    .map((user) => ({
      user_id: user.id,
      first_seen_at: isoOf(user.firstSeenMs),
      plan: user.plan,
      acquisition_channel: user.channel,
      country_code: user.market.countryCode,
      seats: user.plan === 'enterprise' ? random.whole(5, 250) : 1,
      newsletter: random.chance(0.4),
    }));
}

const experimentRows = (): Record<string, unknown>[] =>
  EXPERIMENTS.map(({ id, name, status, metric, variants }) => ({
    id,
    name,
    status,
    metric,
    weights: Object.fromEntries(variants.map((variant) => [variant, 1 / variants.length])),
  }));

function costRows({ seed, firstDay, lastDay }: Story): Record<string, unknown>[] {
  const random = createRandom(seed, 'costs');
  const paid = CHANNELS.filter((channel) => channel !== 'organic');
  return monthsBetween(firstDay, lastDay).flatMap((month) =>
    paid.map((channel) => ({
      month,
      channel,
      amount: random.whole(20, 90) * 50,
      currency: channel === 'event' ? 'NOK' : 'EUR',
    })),
  );
}

function monthsBetween(firstDay: DayNumber, lastDay: DayNumber): string[] {
  const months = new Set<string>();
  for (let day = firstDay; day <= lastDay; day += 1) months.add(isoDateOf(day).slice(0, 7));
  return [...months];
}

const deletionRows = (deletions: readonly DeletionRequest[]): Record<string, unknown>[] =>
  deletions.map(({ requestId, userId, requestedAt }) => ({
    request_id: requestId,
    user_id: userId,
    requested_at: requestedAt,
  }));
