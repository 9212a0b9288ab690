import fc from 'fast-check';
import type { OracleContext, WeekStart, WireEvent } from '../support/oracle/types.ts';
import {
  DAY_MS,
  halfTheTime,
  HOUR_MS,
  maybe,
  mixed,
  number,
  offsetMs,
  seldom,
  SESSIONS,
  set,
  STATES,
  TYPES,
  USERS,
} from './generate-values.ts';

/** Small adversarial event sets: times lie around a change of clocks and at the edges of windows. */

/** Changes of clocks: an hour lost and repeated, midnight lost and repeated, half an hour, a date that never was. */
const PLACES = [
  { zone: 'Europe/Oslo', anchor: '2018-03-25T01:00:00Z' },
  { zone: 'Europe/Oslo', anchor: '2018-10-28T01:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-02-18T02:00:00Z' },
  { zone: 'America/Sao_Paulo', anchor: '2018-11-04T03:00:00Z' },
  { zone: 'Asia/Kolkata', anchor: '2018-12-31T18:30:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-03-31T15:00:00Z' },
  { zone: 'Australia/Lord_Howe', anchor: '2018-10-06T15:30:00Z' },
  { zone: 'Pacific/Apia', anchor: '2011-12-30T10:00:00Z' },
  { zone: 'UTC', anchor: '2016-02-29T00:00:00Z' },
] as const;

/** An event set with all that answers depend on. */
export interface Scene {
  events: WireEvent[];
  /** The events come in so many files, one import after the other. */
  files: number;
  context: OracleContext;
  /** The instant that the draft of a question counts its days from. */
  anchorMs: number;
}

/** At the edges of windows behind the event before: no time, a session's pause, the capture window, the first week. */
const FOLLOW_MS = [
  0,
  1,
  HOUR_MS / 2 - 1,
  HOUR_MS / 2,
  DAY_MS - 1,
  DAY_MS,
  DAY_MS + 1,
  7 * DAY_MS - 1,
  7 * DAY_MS,
];

export interface Draft {
  offsetMs: number;
  /** Rather so long after the event before, of the same user, session and practice run. */
  followsMs: number | undefined;
  /** As ISO in UTC, ISO with an offset, or epoch ms. */
  written: 'utc' | 'offset' | 'epoch';
  flat: boolean;
  /** From the event to its arrival; none: not told. */
  latenessMs: number | undefined;
  columns: Record<string, unknown>;
  type: string;
  properties: Record<string, unknown>;
}

export const written = fc.constantFrom<Draft['written']>('utc', 'utc', 'offset', 'epoch');
export const latenessMs = maybe(fc.constantFrom(0, 1, HOUR_MS, -HOUR_MS, 3 * DAY_MS));

const columns = fc.record({
  user_id: maybe(fc.constantFrom(...USERS)),
  session_id: halfTheTime(fc.constantFrom(...SESSIONS)),
  locale: maybe(fc.constantFrom('nb-NO', 'en-US', 'en-us')),
  platform: maybe(fc.constantFrom('web', 'ios', '')),
  environment: seldom(fc.constantFrom('test', 'other'), 6),
  plan: maybe(fc.constantFrom('early', 'mid')),
});

const practice = {
  practice_session_id: fc.option(fc.constantFrom('r1', 'r2', 'r3', 'r4'), { nil: undefined, freq: 9 }),
  practice_id: fc.option(fc.constantFrom('breath', 'walk', 'rest'), { nil: undefined, freq: 6 }),
  master_id: fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined, freq: 4 }),
};
const signalId = fc.constantFrom('usr_a-1', 'usr_a-2', 'usr_b-1');
const confidence = fc.integer({ min: 1, max: 10 });
const success = maybe(fc.boolean());
const durationMs = maybe(fc.constantFrom(0, 1, 12.5, 100, 2000, 0.1));

/** What carries meaning for metrics; everything else is drawn from `TYPES` with free properties. */
const typed = fc.oneof(
  { weight: 4, arbitrary: toTyped('session_completed', practice) },
  {
    weight: 4,
    arbitrary: toTyped('reaction_captured', {
      ...practice,
      state: fc.option(fc.constantFrom(...STATES, 'strange'), { nil: undefined, freq: 9 }),
    }),
  },
  { weight: 1, arbitrary: toTyped('performance_metric', { duration_ms: durationMs, success }) },
  {
    weight: 1,
    arbitrary: toTyped('feature_usage', {
      feature_name: fc.constantFrom('map', 'list'),
      success,
      duration_ms: durationMs,
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('feedback_submission', {
      feedback_type: fc.constantFrom('nps', 'csat', 'bug_report'),
      score: maybe(fc.integer({ min: 0, max: 10 })),
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('chat_interaction', {
      message_type: fc.constantFrom('user_prompt', 'ai_response'),
      is_follow_up: maybe(fc.boolean()),
    }),
  },
  {
    weight: 1,
    arbitrary: toTyped('payment', { amount: maybe(number), currency: maybe(fc.constantFrom('NOK', 'EUR')) }),
  },
  {
    weight: 1,
    arbitrary: toTyped('prompt_analysed', { repeat: maybe(fc.boolean()), cost: maybe(number) }),
  },
  { weight: 1, arbitrary: toTyped('cost_savings_identified', {}) },
  {
    weight: 2,
    arbitrary: toTyped('signal_pre', {
      signal_id: fc.option(signalId, { nil: undefined, freq: 9 }),
      confidence: fc.option(confidence, { nil: undefined, freq: 9 }),
      goal: maybe(fc.constantFrom('sleep', 'focus')),
    }),
  },
  {
    weight: 2,
    arbitrary: toTyped('signal_post', {
      signal_id: fc.option(signalId, { nil: undefined, freq: 9 }),
      confidence: fc.option(confidence, { nil: undefined, freq: 9 }),
      goal_completed: maybe(fc.constantFrom('yes', 'partly', 'no')),
      experience_score: maybe(confidence),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...TYPES).chain((type) =>
      toTyped(type, {
        page_path: maybe(fc.constantFrom('/a', '/b', '')),
        mixed: maybe(mixed),
        amount: maybe(number),
        tags: maybe(set),
        nested: maybe(fc.record({ deep: mixed })),
      }),
    ),
  },
);

function toTyped(type: string, properties: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ type: fc.constant(type), properties: fc.record(properties) });
}

const draft: fc.Arbitrary<Draft> = fc
  .record({
    offsetMs,
    followsMs: halfTheTime(fc.constantFrom(...FOLLOW_MS)),
    written,
    flat: fc.boolean(),
    latenessMs,
    columns,
    typed,
  })
  .map(({ typed: { type, properties }, ...rest }) => ({ ...rest, type, properties }));

const cost = fc.record({
  monthsBefore: fc.constantFrom(-1, 0, 0, 1),
  channel: fc.constantFrom('ads', 'fairs'),
  amount: fc.constantFrom(0, 310, 0.1, 1e6),
  currency: fc.constantFrom('NOK', 'NOK', 'NOK', 'EUR'),
});

const user = fc.record({
  user_id: fc.constantFrom(...USERS),
  first_seen: maybe(fc.record({ offsetMs, asEpoch: fc.boolean() })),
  plan: maybe(fc.constantFrom('early', 'mid', '')),
  seats: maybe(mixed),
  acquisition_channel: maybe(fc.constantFrom('ads', 'fairs', '')),
});

/** Scenes whose events are drawn so. `finish` has the last word on what follows what. */
export const scenesOf = (
  drafts: fc.Arbitrary<readonly Draft[]>,
  finish: (drafts: Draft[]) => Draft[] = (placed) => placed,
): fc.Arbitrary<Scene> =>
  fc
    .record({
      place: fc.constantFrom(...PLACES),
      weekStart: fc.constantFrom<WeekStart>('monday', 'sunday'),
      drafts,
      idShape: fc.constantFrom<IdShape>('short', 'uuid', 'long'),
      repeated: fc.array(fc.nat({ max: 39 }), { maxLength: 4 }),
      users: fc.uniqueArray(user, { selector: ({ user_id }) => user_id }),
      costs: fc.uniqueArray(cost, {
        selector: (one) => [one.monthsBefore, one.channel, one.currency].join(),
      }),
      nowAfterMs: fc.oneof(
        fc.constantFrom(-DAY_MS, -1, 0, 1),
        fc.integer({ min: -23, max: 99 }).map((h) => h * HOUR_MS),
      ),
      knowsStates: fc.boolean(),
      files: fc.constantFrom(1, 1, 2, 5),
    })
    .map(({ place, weekStart, idShape, repeated, users, costs, nowAfterMs, knowsStates, files, ...rest }) => {
      const anchorMs = Date.parse(place.anchor);
      const events = finish(chained(rest.drafts)).map((one, index) =>
        toEvent(one, index, { anchorMs, knowsStates, idShape }),
      );
      const copies = repeated.map((index) => events[index]).filter((event) => event !== undefined);
      const lastMs = Math.max(anchorMs, ...events.map(({ ts }) => new Date(ts).getTime()));
      return {
        // a copy may come with other properties: the first one counts
        events: [
          ...events,
          ...copies.map((copy, index) => (index % 2 === 0 ? copy : { ...copy, properties: {} })),
        ],
        files,
        context: {
          zone: place.zone,
          weekStart,
          nowMs: lastMs + nowAfterMs,
          users: users.map(({ first_seen, ...one }) =>
            withoutMissing({ ...one, ...firstSeen(first_seen, anchorMs) }),
          ),
          taxonomy: knowsStates ? STATES : [],
          costs: costs.map(({ monthsBefore, ...one }) => ({
            month: monthOf(anchorMs, monthsBefore),
            ...one,
          })),
        },
        anchorMs,
      };
    });

/** Events of every type that means something. */
export const mixedScenes = scenesOf(fc.noBias(fc.array(draft, { maxLength: 40, size: 'max' })));

function monthOf(anchorMs: number, monthsBefore: number): string {
  const anchor = new Date(anchorMs);
  return new Date(Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() - monthsBefore))
    .toISOString()
    .slice(0, 7);
}

/** Puts the events that follow another one where they belong. */
function chained(drafts: readonly Draft[]): Draft[] {
  const placed: Draft[] = [];
  for (const one of drafts) {
    const before = placed.at(-1);
    placed.push(
      before === undefined || one.followsMs === undefined ? one : following(one, before, one.followsMs),
    );
  }
  return placed;
}

const RUN_PROPERTIES = Object.keys(practice);

function following(one: Draft, before: Draft, afterMs: number): Draft {
  const run = Object.entries(before.properties).filter(([name]) => RUN_PROPERTIES.includes(name));
  const { user_id, session_id } = before.columns;
  return {
    ...one,
    offsetMs: before.offsetMs + afterMs,
    columns: { ...one.columns, user_id, session_id },
    properties:
      'practice_id' in one.properties ? { ...one.properties, ...Object.fromEntries(run) } : one.properties,
  };
}

type IdShape = 'short' | 'uuid' | 'long';

function toEvent(
  one: Draft,
  index: number,
  { anchorMs, knowsStates, idShape }: { anchorMs: number; knowsStates: boolean; idShape: IdShape },
): WireEvent {
  const properties = withoutMissing(one.properties);
  if (knowsStates && properties['state'] === 'strange') properties['state'] = 'calm'; // else set aside on import
  // long ids are stored as hashes, whose order nobody can foretell: their events share no instant
  const tsMs = anchorMs + one.offsetMs + (idShape === 'long' ? index * 7 : 0);
  return {
    event_id: idOf(index, idShape),
    event_type: one.type,
    ts: write(tsMs, one.written),
    ...(one.latenessMs === undefined ? {} : { received_at: new Date(tsMs + one.latenessMs).toISOString() }),
    ...withoutMissing(one.columns),
    ...(one.flat ? properties : { properties }),
  };
}

function idOf(index: number, shape: IdShape): string {
  if (shape === 'short') return `e${String(index).padStart(2, '0')}`;
  const digits = String(index).padStart(12, '0');
  return shape === 'uuid'
    ? `0b5f7a1e-93d2-4c7e-8a11-${digits}`
    : `an-id-much-longer-than-sixteen-bytes-${digits}`;
}

function write(ms: number, as: Draft['written']): string | number {
  if (as === 'epoch') return ms;
  if (as === 'utc') return new Date(ms).toISOString();
  return `${new Date(ms + 5.5 * HOUR_MS).toISOString().slice(0, -1)}+05:30`;
}

const firstSeen = (seen: { offsetMs: number; asEpoch: boolean } | undefined, anchorMs: number) =>
  seen === undefined
    ? {}
    : {
        first_seen_at: seen.asEpoch
          ? anchorMs + seen.offsetMs
          : new Date(anchorMs + seen.offsetMs).toISOString(),
      };

const withoutMissing = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
