import { DAY_MS, type DayNumber, HOUR_MS, MINUTE_MS, localDayOf, wallToUtcMs } from './calendar.ts';
import { PRACTICES, SMALL_PRACTICE_CANDIDATES, STATE_IDS } from './cast.ts';
import { FEEDS, type FeedName } from './feeds.ts';
import { type Random, createRandom, itemAt } from './random.ts';

export interface Release {
  version: string;
  releasedAtMs: number;
}

/** Capture falls in one release for three days, while one state rises. */
export interface Drop {
  days: readonly DayNumber[];
  /** Capture rate of each of the days, 0..1, over all sessions. */
  captureRates: readonly number[];
  release: Release;
  fix: Release;
  risingState: string;
  /** Added to the share of the rising state on each of the days, 0..1. */
  risingShares: readonly number[];
  practiceIds: ReadonlySet<string>;
}

export interface Gap {
  feed: FeedName;
  fromMs: number;
  toMs: number;
}

/** Everything that a seed decides before the first event is drawn. */
export interface Story {
  seed: number;
  asOfMs: number;
  /** Local dates; the last one is still open at `asOfMs`. */
  firstDay: DayNumber;
  lastDay: DayNumber;
  releases: readonly Release[];
  smallPracticeId: string;
  /** A day whose capture rate stands out upwards. */
  liftDay: DayNumber | null;
  drop: Drop | null;
  gap: Gap | null;
  lateFeed: FeedName | null;
  /** Per feed: up to when its rows are complete at `asOfMs`. */
  completeToMs: Readonly<Record<FeedName, number>>;
}

const SEED_ONE_AS_OF_MS = Date.UTC(2026, 10, 19, 13, 32);
const GAP_MS = 42 * MINUTE_MS;
const RELEASE_SPACING_DAYS = 29;
const MINORS_BEFORE = 6;

/** Seed 1 is the sample that the screenshots show; other seeds move its dates, releases, practices and states; seed 0
 *  has none of them. */
export function storyOf(seed: number, days: number): Story {
  const asOfMs = seed === 1 ? SEED_ONE_AS_OF_MS : movedAsOfMs(seed);
  const lastDay = localDayOf(asOfMs);
  const random = createRandom(seed, 'story');
  const plan = seed === 1 ? SEED_ONE_PLAN : planOf(seed, random);
  const releases = releasesOf(plan, lastDay, random);
  const hasStory = seed !== 0;
  const lateFeed = hasStory ? plan.lateFeed : null;
  return {
    seed,
    asOfMs,
    firstDay: lastDay - days + 1,
    lastDay,
    releases: hasStory ? releases : releases.slice(0, -1),
    smallPracticeId: plan.smallPracticeId,
    liftDay: hasStory ? lastDay - plan.liftDaysBefore : null,
    drop: hasStory ? dropOf(plan, lastDay, releases) : null,
    gap: hasStory ? gapOf(plan, lastDay) : null,
    lateFeed,
    completeToMs: completeToOf(asOfMs, lateFeed, plan.lateMinutes),
  };
}

interface Plan {
  major: number;
  minor: number;
  releaseDaysBefore: number;
  dropDaysBefore: number;
  liftDaysBefore: number;
  captureRates: readonly number[];
  risingState: string;
  risingShares: readonly number[];
  practiceIds: readonly string[];
  smallPracticeId: string;
  gapDaysBefore: number;
  gapStartMs: number;
  lateFeed: FeedName;
  lateMinutes: number;
}

const ALL_PRACTICES = PRACTICES.map(({ id }) => id);

const SEED_ONE_PLAN: Plan = {
  major: 4,
  minor: 18,
  releaseDaysBefore: 10, // 9 November
  dropDaysBefore: 8, // 11 to 13 November
  liftDaysBefore: 21, // 29 October
  captureRates: [0.829, 0.798, 0.816],
  risingState: 'restless',
  risingShares: [0.075, 0.105, 0.085],
  practiceIds: ALL_PRACTICES,
  smallPracticeId: SMALL_PRACTICE_CANDIDATES[0],
  gapDaysBefore: 2,
  gapStartMs: 20 * HOUR_MS + 6 * MINUTE_MS,
  lateFeed: 'reactions',
  lateMinutes: 130,
};

function planOf(seed: number, random: Random): Plan {
  const dropDaysBefore = random.whole(7, 18);
  const unaffected = new Set(random.shuffled(ALL_PRACTICES.slice(2)).slice(0, 4));
  const isReactionsLate = seed % 3 !== 0;
  return {
    major: random.pick([2, 3, 5, 6, 7]), // never seed 1's
    minor: random.whole(9, 26),
    dropDaysBefore,
    releaseDaysBefore: dropDaysBefore + random.whole(1, 3),
    liftDaysBefore: dropDaysBefore + random.whole(6, 9),
    captureRates: [0, 1, 2].map(() => 0.795 + 0.035 * random.next()),
    risingState: itemAt(['restless', 'neutral', 'heavy', 'tense'], seed % 4),
    risingShares: [0, 1, 2].map(() => 0.08 + 0.03 * random.next()),
    practiceIds: ALL_PRACTICES.filter((id) => !unaffected.has(id)),
    smallPracticeId: random.pick(SMALL_PRACTICE_CANDIDATES),
    gapDaysBefore: random.whole(1, 5),
    gapStartMs: 19 * HOUR_MS + random.whole(0, 90) * MINUTE_MS,
    lateFeed: isReactionsLate ? 'reactions' : 'ai-usage',
    lateMinutes: isReactionsLate ? 95 + 5 * random.whole(0, 20) : 214,
  };
}

/** Up to 140 days earlier, at another hour: some samples hold the short day of March, some the long one of October. */
function movedAsOfMs(seed: number): number {
  const days = (seed * 37) % 141;
  const minutes = ((seed * 53) % 301) - 150;
  return SEED_ONE_AS_OF_MS - days * DAY_MS + minutes * MINUTE_MS;
}

/** Oldest first: six minors about a month apart, the release of the drop, its fix. */
function releasesOf(plan: Plan, lastDay: DayNumber, random: Random): Release[] {
  const dropReleaseDay = lastDay - plan.releaseDaysBefore;
  const releases: Release[] = [];
  for (let back = MINORS_BEFORE; back >= 0; back -= 1) {
    const wobbleDays = back === 0 || back === MINORS_BEFORE ? 0 : random.whole(-3, 3);
    releases.push({
      version: `${plan.major}.${plan.minor - back}`,
      releasedAtMs: wallToUtcMs(dropReleaseDay - back * RELEASE_SPACING_DAYS + wobbleDays, 9 * HOUR_MS),
    });
  }
  const fixDay = lastDay - plan.dropDaysBefore + 2;
  releases.push({
    version: `${plan.major}.${plan.minor}.2`,
    releasedAtMs: wallToUtcMs(fixDay, 18 * HOUR_MS + 40 * MINUTE_MS),
  });
  return releases;
}

function dropOf(plan: Plan, lastDay: DayNumber, releases: readonly Release[]): Drop {
  const firstLowDay = lastDay - plan.dropDaysBefore;
  if (!STATE_IDS.includes(plan.risingState))
    throw new RangeError(`no state ${plan.risingState} in the taxonomy`);
  return {
    days: [firstLowDay, firstLowDay + 1, firstLowDay + 2],
    captureRates: plan.captureRates,
    release: itemAt(releases, releases.length - 2),
    fix: itemAt(releases, releases.length - 1),
    risingState: plan.risingState,
    risingShares: plan.risingShares,
    practiceIds: new Set(plan.practiceIds),
  };
}

function gapOf(plan: Plan, lastDay: DayNumber): Gap {
  const fromMs = wallToUtcMs(lastDay - plan.gapDaysBefore, plan.gapStartMs);
  return { feed: 'app-events', fromMs, toMs: fromMs + GAP_MS };
}

function completeToOf(
  asOfMs: number,
  lateFeed: FeedName | null,
  lateMinutes: number,
): Record<FeedName, number> {
  const lagOf = (feed: FeedName): number => (feed === lateFeed ? lateMinutes : FEEDS[feed].usualLagMinutes);
  return {
    sessions: asOfMs - lagOf('sessions') * MINUTE_MS,
    reactions: asOfMs - lagOf('reactions') * MINUTE_MS,
    'app-events': asOfMs - lagOf('app-events') * MINUTE_MS,
    'ai-usage': asOfMs - lagOf('ai-usage') * MINUTE_MS,
    'experiment-assignments': asOfMs - lagOf('experiment-assignments') * MINUTE_MS,
  };
}
