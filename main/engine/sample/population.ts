import { DAY_MS, type DayNumber, HOUR_MS, wallToUtcMs } from './calendar.ts';
import { CHANNELS, HOUR_PROFILES, type HourProfile, MARKETS, type Market, PLANS, PLATFORMS } from './cast.ts';
import { userIdOf } from './identifiers.ts';
import { type Random, createRandom, itemAt } from './random.ts';
import type { Story } from './story.ts';

export interface SampleUser {
  /** null: a guest, whose events name no user. */
  id: string | null;
  firstSeenMs: number;
  activeUntilMs: number;
  /** How often the user comes, relative to others. */
  weight: number;
  market: Market;
  platform: (typeof PLATFORMS)[number];
  plan: (typeof PLANS)[number] | null;
  channel: (typeof CHANNELS)[number];
  /** Time between a release and its arrival on the user's device. */
  updateLagMs: number;
  /** 0..1: leans to the later states of the taxonomy and stays longer. */
  warmth: number;
  /** Arm in every experiment. */
  arm: 0 | 1;
}

export interface Population {
  /** Everyone so far, oldest first. */
  users: SampleUser[];
  /** Adds the sign-ups of a day and returns them. */
  startDay: (day: DayNumber) => SampleUser[];
  /** Someone who is there at that instant; now and then a guest. */
  pick: (tsMs: number) => SampleUser;
}

export const NEW_USER_DAYS = 7;
const NEW_SHARE = 0.31; // of sessions
const GUEST_SHARE = 0.012;
const STAY_SHARE = 0.5; // of new users, beyond their first week
const INITIAL_PER_DAILY_SIGN_UP = 45;

export function createPopulation(story: Story, signUpsPerDay: number): Population {
  const random = createRandom(story.seed, 'users');
  const openingMs = wallToUtcMs(story.firstDay, 0);
  const users = Array.from(
    { length: Math.max(20, Math.round(signUpsPerDay * INITIAL_PER_DAILY_SIGN_UP)) },
    () => createSettledUser(random, openingMs),
  ).sort((a, b) => a.firstSeenMs - b.firstSeenMs);
  let returning: SampleUser[] = [];
  let recent: SampleUser[] = [];
  let owedSignUps = 0;

  const startDay = (day: DayNumber): SampleUser[] => {
    owedSignUps += signUpsPerDay * (0.85 + 0.3 * random.next());
    const signUps = Array.from({ length: Math.floor(owedSignUps) }, () => createNewUser(random, day));
    owedSignUps -= signUps.length;
    users.push(...signUps.sort((a, b) => a.firstSeenMs - b.firstSeenMs));
    const dayStartMs = wallToUtcMs(day, 0);
    const sinceMs = dayStartMs - NEW_USER_DAYS * DAY_MS;
    recent = users.filter(({ firstSeenMs }) => firstSeenMs >= sinceMs);
    returning = users.filter((user) => user.firstSeenMs < sinceMs && user.activeUntilMs >= dayStartMs);
    return signUps;
  };

  const pick = (tsMs: number): SampleUser => {
    if (random.chance(GUEST_SHARE)) return createGuest(random);
    if (recent.length > 0 && random.chance(NEW_SHARE)) {
      for (let attempt = 0; attempt < 6; attempt += 1) {
        const user = random.pick(recent);
        if (user.firstSeenMs < tsMs) return user;
      }
    }
    const pool = returning.length > 0 ? returning : users;
    const [one, other] = [random.pick(pool), random.pick(pool)];
    return one.weight >= other.weight ? one : other; // the keener of two comes more often than not
  };

  return { users, startDay, pick };
}

function createSettledUser(random: Random, openingMs: number): SampleUser {
  const firstSeenMs = openingMs - Math.round((NEW_USER_DAYS + 400 * random.next() ** 1.5) * DAY_MS);
  const user = createUser(random, firstSeenMs);
  const stayDays = random.chance(0.25) ? 365 : random.exponential(70) * (0.6 + 0.8 * user.warmth);
  return { ...user, activeUntilMs: openingMs + Math.round(stayDays * DAY_MS) };
}

function createNewUser(random: Random, day: DayNumber): SampleUser {
  const user = createUser(random, timeOfDayMs(random, day, 'allDay'));
  const staysOn = random.chance(STAY_SHARE * (0.6 + 0.8 * user.warmth));
  const stayDays = staysOn ? NEW_USER_DAYS + random.exponential(75) : NEW_USER_DAYS;
  return { ...user, activeUntilMs: user.firstSeenMs + Math.round(stayDays * DAY_MS) };
}

function createUser(random: Random, firstSeenMs: number): SampleUser {
  return {
    id: userIdOf(firstSeenMs, random),
    firstSeenMs,
    activeUntilMs: firstSeenMs,
    weight: random.next(),
    market: itemAt(MARKETS, random.weighted(MARKETS.map(({ weight }) => weight))),
    platform: itemAt(PLATFORMS, random.weighted([46, 34, 20])),
    plan: itemAt(PLANS, random.weighted([55, 32, 13])),
    channel: itemAt(CHANNELS, random.weighted([42, 24, 20, 9, 5])),
    updateLagMs: updateLagMs(random),
    warmth: random.next(),
    arm: random.chance(0.5) ? 1 : 0,
  };
}

const createGuest = (random: Random): SampleUser => ({ ...createUser(random, 0), id: null, plan: null });

function updateLagMs(random: Random): number {
  const days = [0.3 * random.next(), 0.25 + 1.5 * random.next(), 2 + 12 * random.next()];
  return Math.round(itemAt(days, random.weighted([40, 45, 15])) * DAY_MS);
}

/** An instant of a local day, drawn from an hour profile. */
export function timeOfDayMs(random: Random, day: DayNumber, profile: HourProfile): number {
  const hour = random.weighted(HOUR_PROFILES[profile]);
  return wallToUtcMs(day, hour * HOUR_MS + Math.floor(random.next() * HOUR_MS));
}

/** The version that a device runs at an instant. */
export function versionAt({ releases }: Story, { updateLagMs: lagMs }: SampleUser, tsMs: number): string {
  let version = itemAt(releases, 0).version;
  for (const release of releases) if (release.releasedAtMs + lagMs <= tsMs) version = release.version;
  return version;
}
