// The people, practices and words of the sample: examples, not vocabulary of the product. One table per subject.

export const SAMPLE_TAXONOMY = {
  version: '1',
  valid_from: '2025-01-01T00:00:00Z',
  states: [
    { id: 'tense', label: 'Tense', order: 1 },
    { id: 'restless', label: 'Restless', order: 2 },
    { id: 'heavy', label: 'Heavy', order: 3 },
    { id: 'neutral', label: 'Neutral', order: 4 },
    { id: 'calm', label: 'Calm', order: 5 },
    { id: 'clear', label: 'Clear', order: 6 },
    { id: 'uplifted', label: 'Uplifted', order: 7 },
  ],
} as const;

export const STATE_IDS: readonly string[] = SAMPLE_TAXONOMY.states.map(({ id }) => id);

/** Labels of a beta release that the taxonomy does not know. */
export const UNKNOWN_STATES = ['fidgety', 'numb'] as const;

/** Relative frequency of each hour of the local day; the middle of the day is quiet. */
const hours = (...weights: number[]): readonly number[] => weights;
export const HOUR_PROFILES = {
  morning: hours(0.2, 0.1, 0.1, 0.2, 1, 4, 12, 15, 10, 6, 4, 2, 1.5, 1, 1, 1, 1.5, 2, 2, 2, 2, 2, 1, 0.5),
  workday: hours(0.2, 0.1, 0.1, 0.1, 0.3, 1, 4, 9, 13, 11, 7, 3, 2, 2, 3, 4, 5, 4, 3, 3, 3, 3, 1.5, 0.6),
  evening: hours(
    1,
    0.5,
    0.2,
    0.1,
    0.1,
    0.5,
    1.5,
    2.5,
    2,
    1.5,
    1.5,
    1,
    1,
    1,
    1,
    2,
    3,
    5,
    7,
    10,
    14,
    15,
    10,
    4,
  ),
  night: hours(
    4,
    2,
    1,
    0.5,
    0.2,
    0.2,
    0.5,
    0.8,
    0.6,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.8,
    1,
    2,
    3,
    6,
    12,
    20,
    20,
    11,
  ),
  allDay: hours(
    0.6,
    0.3,
    0.2,
    0.2,
    0.4,
    2,
    5,
    8,
    8,
    6,
    4.5,
    3,
    2.5,
    2.2,
    2.5,
    3,
    4,
    5.5,
    6.5,
    8,
    10,
    9,
    5,
    2,
  ),
} as const;
export type HourProfile = keyof typeof HOUR_PROFILES;

export interface Master {
  id: string;
  name: string;
  /** True difference in capture rate against the same practice elsewhere, 0..1. */
  captureEffect: number;
}

export const MASTERS: readonly Master[] = [
  { id: 'mst_okafor', name: 'A. Okafor', captureEffect: 0.045 },
  { id: 'mst_lindqvist', name: 'M. Lindqvist', captureEffect: 0.032 },
  { id: 'mst_moreau', name: 'T. Moreau', captureEffect: 0.008 },
  { id: 'mst_iyer', name: 'S. Iyer', captureEffect: 0.016 },
  { id: 'mst_tanaka', name: 'J. Tanaka', captureEffect: 0.004 },
  { id: 'mst_duarte', name: 'R. Duarte', captureEffect: -0.006 },
  { id: 'mst_haddad', name: 'L. Haddad', captureEffect: -0.03 },
  { id: 'mst_novak', name: 'K. Novak', captureEffect: -0.08 },
];

/** Runs without a master are guided by the app alone. */
export const NO_MASTER_CAPTURE_EFFECT = -0.025;

export interface TaughtShare {
  masterId: string | null;
  weight: number;
  /** Teaches from so many days before the end of the sample on; before that with `weightBefore`. */
  sinceDaysBeforeEnd?: number;
  weightBefore?: number;
}

export interface Practice {
  id: string;
  name: string;
  category: string;
  /** Share of sessions, relative to the others. */
  weight: number;
  captureRate: number;
  hours: HourProfile;
  minutes: number;
  /** States in taxonomy order, relative to each other. */
  mix: readonly number[];
  taughtBy: readonly TaughtShare[];
}

const by = (masterId: string | null, weight: number): TaughtShare => ({ masterId, weight });
const since = (
  masterId: string,
  weight: number,
  sinceDaysBeforeEnd: number,
  weightBefore = 0,
): TaughtShare => ({
  masterId,
  weight,
  sinceDaysBeforeEnd,
  weightBefore,
});

export const NEW_MASTER = { id: 'mst_moreau', sinceDaysBeforeEnd: 24 } as const;
export const TAKEOVER = {
  masterId: 'mst_novak',
  practiceId: 'focus_primer',
  sinceDaysBeforeEnd: 52,
} as const;

export const PRACTICES: readonly Practice[] = [
  {
    id: 'morning_stillness',
    name: 'Morning stillness',
    category: 'stillness',
    weight: 200,
    captureRate: 0.895,
    hours: 'morning',
    minutes: 10,
    mix: [5, 7, 6, 12, 33, 23, 14],
    taughtBy: [by('mst_lindqvist', 5), by('mst_okafor', 4), by('mst_tanaka', 3), by(null, 2)],
  },
  {
    id: 'box_breathing',
    name: 'Box breathing',
    category: 'breath',
    weight: 165,
    captureRate: 0.902,
    hours: 'allDay',
    minutes: 5,
    mix: [4, 6, 4, 9, 42, 22, 13],
    taughtBy: [by('mst_okafor', 4), by('mst_iyer', 3), by('mst_duarte', 3), by(null, 2.5)],
  },
  {
    id: 'body_scan',
    name: 'Body scan',
    category: 'body',
    weight: 135,
    captureRate: 0.878,
    hours: 'evening',
    minutes: 16,
    mix: [7, 8, 13, 15, 34, 15, 8],
    taughtBy: [by('mst_lindqvist', 4), by('mst_haddad', 4), by('mst_tanaka', 3)],
  },
  {
    id: 'evening_wind_down',
    name: 'Evening wind-down',
    category: 'stillness',
    weight: 125,
    captureRate: 0.868,
    hours: 'evening',
    minutes: 12,
    mix: [6, 7, 14, 14, 41, 11, 7],
    taughtBy: [by('mst_haddad', 4), by('mst_lindqvist', 3), by('mst_iyer', 3), by('mst_novak', 1)],
  },
  {
    id: 'focus_primer',
    name: 'Focus primer',
    category: 'focus',
    weight: 105,
    captureRate: 0.855,
    hours: 'workday',
    minutes: 6,
    mix: [9, 13, 5, 14, 16, 34, 9],
    taughtBy: [
      by('mst_duarte', 4),
      by('mst_tanaka', 3),
      since(TAKEOVER.masterId, 3.7, TAKEOVER.sinceDaysBeforeEnd, 0.3),
      by(null, 1),
    ],
  },
  {
    id: 'walking_practice',
    name: 'Walking practice',
    category: 'movement',
    weight: 70,
    captureRate: 0.876,
    hours: 'allDay',
    minutes: 18,
    mix: [6, 9, 6, 15, 20, 22, 22],
    taughtBy: [
      by('mst_iyer', 3),
      by('mst_tanaka', 2),
      since(NEW_MASTER.id, 1.8, NEW_MASTER.sinceDaysBeforeEnd),
      by(null, 2),
    ],
  },
  {
    id: 'loving_kindness',
    name: 'Loving-kindness',
    category: 'heart',
    weight: 54,
    captureRate: 0.888,
    hours: 'allDay',
    minutes: 12,
    mix: [6, 6, 11, 10, 27, 12, 28],
    taughtBy: [by('mst_lindqvist', 3), by('mst_okafor', 3), by('mst_haddad', 2)],
  },
  {
    id: 'sleep_descent',
    name: 'Sleep descent',
    category: 'sleep',
    weight: 47,
    captureRate: 0.872,
    hours: 'night',
    minutes: 22,
    mix: [5, 8, 10, 16, 44, 10, 7],
    taughtBy: [by('mst_haddad', 3), by('mst_duarte', 3), by(null, 2)],
  },
  {
    id: 'gratitude_pause',
    name: 'Gratitude pause',
    category: 'heart',
    weight: 44,
    captureRate: 0.893,
    hours: 'evening',
    minutes: 4,
    mix: [3, 5, 6, 11, 27, 22, 26],
    taughtBy: [
      by('mst_okafor', 2),
      by('mst_iyer', 2),
      since(NEW_MASTER.id, 1.2, NEW_MASTER.sinceDaysBeforeEnd),
      by(null, 1.2),
    ],
  },
  {
    id: 'grief_circle',
    name: 'Grief circle',
    category: 'heart',
    weight: 43,
    captureRate: 0.83,
    hours: 'evening',
    minutes: 24,
    mix: [17, 10, 31, 9, 16, 8, 9],
    taughtBy: [by('mst_lindqvist', 2), by('mst_haddad', 2), by('mst_novak', 1)],
  },
  {
    id: 'sound_bath',
    name: 'Sound bath',
    category: 'body',
    weight: 43,
    captureRate: 0.884,
    hours: 'evening',
    minutes: 20,
    mix: [4, 7, 5, 17, 31, 19, 17],
    taughtBy: [by('mst_tanaka', 2), by('mst_duarte', 2)],
  },
  {
    id: 'cold_exposure_prep',
    name: 'Cold exposure prep',
    category: 'body',
    weight: 43,
    captureRate: 0.81,
    hours: 'morning',
    minutes: 7,
    mix: [21, 18, 4, 8, 9, 15, 25],
    taughtBy: [by('mst_novak', 1)],
  },
];

/** Weight of the one practice that few people use. */
export const SMALL_PRACTICE_WEIGHT = 8.5;
/** Which practice that is, by seed; seed 1 takes the first. */
export const SMALL_PRACTICE_CANDIDATES = ['cold_exposure_prep', 'grief_circle', 'sound_bath'] as const;

export interface Market {
  locale: string;
  countryCode: string;
  weight: number;
  currency: string;
  /** Offset that this country's devices write behind a time. */
  clockOffset: string;
  captureEffect: number;
}

export const MARKETS: readonly Market[] = [
  {
    locale: 'en-US',
    countryCode: 'US',
    weight: 30,
    currency: 'USD',
    clockOffset: '-05:00',
    captureEffect: 0.004,
  },
  {
    locale: 'en-GB',
    countryCode: 'GB',
    weight: 17,
    currency: 'GBP',
    clockOffset: '+00:00',
    captureEffect: 0.002,
  },
  {
    locale: 'de',
    countryCode: 'DE',
    weight: 16,
    currency: 'EUR',
    clockOffset: '+01:00',
    captureEffect: -0.004,
  },
  {
    locale: 'fr',
    countryCode: 'FR',
    weight: 10,
    currency: 'EUR',
    clockOffset: '+01:00',
    captureEffect: -0.006,
  },
  {
    locale: 'ja',
    countryCode: 'JP',
    weight: 9,
    currency: 'JPY',
    clockOffset: '+09:00',
    captureEffect: -0.012,
  },
  {
    locale: 'nb',
    countryCode: 'NO',
    weight: 8,
    currency: 'NOK',
    clockOffset: '+01:00',
    captureEffect: 0.012,
  },
  { locale: 'es', countryCode: 'ES', weight: 7, currency: 'EUR', clockOffset: '+01:00', captureEffect: 0 },
  {
    locale: 'sv',
    countryCode: 'SE',
    weight: 3,
    currency: 'SEK',
    clockOffset: '+01:00',
    captureEffect: 0.006,
  },
];

export const PLATFORMS = ['ios', 'android', 'web'] as const;
export const PLANS = ['early', 'mid', 'enterprise'] as const;
export const CHANNELS = ['organic', 'referral', 'ads', 'partner', 'event'] as const;

export const EXPERIMENTS = [
  {
    id: 'short-prompt-copy',
    name: 'Short prompt copy',
    status: 'running',
    metric: 'capture_rate',
    variants: ['control', 'short'],
    firstDaysBeforeEnd: 42,
    lastDaysBeforeEnd: 0,
  },
  {
    id: 'reminder-timing',
    name: 'Reminder timing',
    status: 'completed',
    metric: 'completed_sessions',
    variants: ['control', 'evening'],
    firstDaysBeforeEnd: 112,
    lastDaysBeforeEnd: 84,
  },
] as const;
