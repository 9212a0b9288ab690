import { z } from 'zod';
import { AlertRule, Label, Side } from '../../alerts/rule.ts';
import { Observation, WatchItem } from '../../alerts/watch.ts';
import { Count, Instant, method, SMALL_REQUEST_BYTES } from '../method.ts';

/** Watch list, rules, firings and whom they are told to. They stay on this machine. */

const EnvironmentName = z.string().min(1).max(64);
const Id = z.string().min(1).max(64);
const Name = z.string().trim().min(1).max(64);
const SecretName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const Ratio = z.number().meta({ description: 'In the unit of the subject; rates are 0..1.' });

export const AlertChannel = z.discriminatedUnion('kind', [
  /** A notification of the system, or in the open window. */
  z.strictObject({ kind: z.literal('device'), name: Name }),
  /** A chat's incoming webhook: its address is the credential, so it is kept as a secret. */
  z.strictObject({ kind: z.literal('chat'), name: Name, urlSecret: SecretName }),
  /** JSON by POST, signed where a secret is named. */
  z.strictObject({
    kind: z.literal('webhook'),
    name: Name,
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    signingSecret: SecretName.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('mail'),
    name: Name,
    host: z.string().min(1).max(255),
    port: z.int().min(1).max(65_535).default(587),
    security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
    user: z.string().max(320).nullable().default(null),
    passwordSecret: SecretName.nullable().default(null),
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  }),
]);
export type AlertChannel = z.infer<typeof AlertChannel>;

export const AlertSettings = z.strictObject({
  falseAlarmsPerWeek: z.number().gt(0).max(1_000).default(1),
  mutedUntil: Instant.nullable().default(null),
  /** Local times of the workspace's zone; what happens meanwhile is told when they end. */
  quietHours: z.strictObject({ from: ClockTime, to: ClockTime }).nullable().default(null),
  channels: z
    .array(AlertChannel)
    .max(20)
    .default([{ kind: 'device', name: 'This device' }]),
  /** Channels that findings of the detectors go to, by name. */
  detectorChannels: z.array(Name).max(20).default(['This device']),
  /** null: the usual watch list. */
  watch: z.array(WatchItem).max(200).nullable().default(null),
});
export type AlertSettings = z.infer<typeof AlertSettings>;

const ShownPart = z.strictObject({
  label: z.string().nullable(),
  kind: z.enum(['rate', 'mix']),
  points: z.number(),
});

/** What an alert rests on. */
export const AlertEvidence = z.strictObject({
  /** What is watched, in words with ids. */
  subject: z.string(),
  measure: z.string(),
  interval: z.enum(['hour', 'day']),
  startMs: z.number(),
  endMs: z.number(),
  value: Ratio.nullable(),
  k: z.number().nullable(),
  n: z.number().nullable(),
  /** Wilson 95 % of a rate. */
  low: Ratio.nullable(),
  high: Ratio.nullable(),
  expectedLow: Ratio.nullable(),
  expectedHigh: Ratio.nullable(),
  usual: Ratio.nullable(),
  /** value − usual, and the interval of it. */
  size: Ratio.nullable(),
  sizeLow: Ratio.nullable(),
  sizeHigh: Ratio.nullable(),
  filters: z.array(z.strictObject({ property: z.string(), value: z.string() })),
  releases: z.array(z.strictObject({ version: z.string(), releasedAt: Instant })),
  completeTo: Instant.nullable(),
  lateSources: z.array(z.string()),
  /** Address of the view in the state that shows it. */
  address: z.string(),
  /** Which property explains most, and the parts of the change by its values; they sum to `after − before`. */
  explained: z
    .strictObject({
      property: z.string(),
      before: Ratio,
      after: Ratio,
      beforeStartMs: z.number(),
      parts: z.array(ShownPart),
    })
    .nullable(),
});
export type AlertEvidence = z.infer<typeof AlertEvidence>;

export const AlertFiring = z.strictObject({
  firingId: Count,
  environment: z.string(),
  /** Rule or watch item, and the value it was split by. */
  itemId: z.string(),
  key: z.string().nullable(),
  voice: z.enum(['rule', 'detector']),
  title: z.string(),
  side: Side.nullable(),
  status: z.enum(['open', 'resolved']),
  /** The firing that was told for the whole group. */
  groupId: Count,
  sinceAt: Instant,
  conditionMetAt: Instant,
  detectedAt: Instant,
  notifiedAt: Instant.nullable(),
  acknowledgedAt: Instant.nullable(),
  resolvedAt: Instant.nullable(),
  reportedAt: Instant.nullable().meta({ description: 'When a user first reported it.' }),
  label: Label.nullable(),
  labelNote: z.string().nullable(),
  evidence: AlertEvidence,
});
export type AlertFiring = z.infer<typeof AlertFiring>;

export const SavedRule = z.strictObject({
  ruleId: Id,
  rule: AlertRule,
  /** Where a late source keeps it from judging: the source, and what it waits for. */
  held: z.strictObject({ sources: z.array(z.string()), fromAt: Instant }).nullable(),
  checkedToAt: Instant.nullable(),
  createdAt: Instant,
  changedAt: Instant,
});
export type SavedRule = z.infer<typeof SavedRule>;

export const AlertMessageState = z.strictObject({
  messageId: z.string(),
  firingId: Count,
  channel: z.string(),
  state: z.enum(['waiting', 'sending', 'sent', 'unknown', 'failed']),
  attempts: Count,
  nextAttemptAt: Instant.nullable(),
  sentAt: Instant.nullable(),
  error: z.string().nullable(),
});
export type AlertMessageState = z.infer<typeof AlertMessageState>;

export const AlertsState = z.strictObject({
  rules: z.array(SavedRule),
  firings: z.array(AlertFiring),
  settings: AlertSettings,
  messages: z.array(AlertMessageState),
  watch: z.array(
    z.strictObject({
      itemId: z.string(),
      series: Count,
      checkedToAt: Instant.nullable(),
      skipped: z.record(z.string(), Count),
      caution: z.number(),
    }),
  ),
  checkedAt: Instant.nullable(),
  tookMs: z.number().nullable(),
});
export type AlertsState = z.infer<typeof AlertsState>;

/** Something to ask the query process and to hand back. */
export const AlertQuestion = z.strictObject({
  environment: EnvironmentName,
  item: WatchItem,
  spec: z.unknown(),
});
export type AlertQuestion = z.infer<typeof AlertQuestion>;

export const ExplainQuestion = z.strictObject({
  firingId: Count,
  property: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type ExplainQuestion = z.infer<typeof ExplainQuestion>;

const SideTotals = z.strictObject({ k: z.number(), n: z.number() });
export const ExplainAnswer = z.strictObject({
  property: z.string(),
  slices: z
    .array(z.strictObject({ value: z.string().nullable(), before: SideTotals, after: SideTotals }))
    .max(1_000),
});
export type ExplainAnswer = z.infer<typeof ExplainAnswer>;

const SERIES_BYTES = 16 * 1024 * 1024; // 50 series of 35 days of hours

const engineWrite = { role: 'engine', kind: 'mutation', cancel: 'queue' } as const;
const engineRead = { role: 'engine', kind: 'read', cancel: 'queue' } as const;

export const ALERT_METHODS = {
  /** Rules, firings (newest first), settings and messages. */
  'query.alerts': method({
    ...engineRead,
    params: z.strictObject({ environment: EnvironmentName }),
    result: AlertsState,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  'command.alert.rule.save': method({
    ...engineWrite,
    params: z.strictObject({
      environment: EnvironmentName,
      ruleId: Id.nullable().default(null),
      rule: AlertRule,
    }),
    result: SavedRule,
    maxRequestBytes: 1024 * 1024,
  }),
  /** What was saved is given back, so that the removal can be undone. Its firings stay. */
  'command.alert.rule.remove': method({
    ...engineWrite,
    params: z.strictObject({ environment: EnvironmentName, ruleId: Id }),
    result: SavedRule,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Acknowledges, resolves or labels a firing; absent fields stay as they are. */
  'command.alert.update': method({
    ...engineWrite,
    params: z.strictObject({
      environment: EnvironmentName,
      firingId: Count,
      acknowledged: z.boolean().optional(),
      resolved: z.literal(true).optional(),
      label: Label.nullable().optional(),
      labelNote: z.string().trim().max(500).nullable().optional(),
      reportedAt: Instant.nullable().optional(),
    }),
    result: AlertFiring,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  'command.alert.settings.save': method({
    ...engineWrite,
    params: z.strictObject({ environment: EnvironmentName, settings: AlertSettings }),
    result: AlertSettings,
    maxRequestBytes: 1024 * 1024,
  }),
  /** Sends one message that says it is a test, past outbox and quiet hours. */
  'command.alert.channel.test': method({
    ...engineWrite,
    params: z.strictObject({ environment: EnvironmentName, channel: AlertChannel }),
    result: z.strictObject({ delivered: z.boolean(), message: z.string() }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** What to ask for a check; the engine does not ask itself. */
  'query.alert.plan': method({
    ...engineRead,
    params: z.strictObject({}),
    result: z.strictObject({ questions: z.array(AlertQuestion) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Judges what one item showed. Answers what to ask to explain what it found. */
  'command.alert.take': method({
    ...engineWrite,
    params: z.strictObject({
      environment: EnvironmentName,
      itemId: Id,
      observations: z.array(Observation).max(50),
    }),
    result: z.strictObject({ explain: z.array(ExplainQuestion) }),
    maxRequestBytes: SERIES_BYTES,
  }),
  'command.alert.explain': method({
    ...engineWrite,
    params: z.strictObject({ firingId: Count, answers: z.array(ExplainAnswer).max(20) }),
    result: z.strictObject({}),
    maxRequestBytes: 1024 * 1024,
  }),
  /** Groups what a check found and puts one message per group and channel into the outbox. */
  'command.alert.finish': method({
    ...engineWrite,
    params: z.strictObject({
      /** Where the view opens, in front of an address; null: by a deep link. */
      linkBase: z.string().max(500).nullable(),
      tookMs: z.number().min(0),
    }),
    result: z.strictObject({ opened: Count, notified: Count }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
} as const;

export const ALERT_TOPICS = {
  /** Rules, firings or messages changed. */
  'alerts.changed': z.strictObject({ environment: z.string() }),
  /** To be shown by the system or by an open window. */
  'alerts.notice': z.strictObject({ title: z.string(), body: z.string(), address: z.string() }),
} as const;
