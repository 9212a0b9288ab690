import fc from 'fast-check';

/** One history of devices and their notes, as data: what fast-check generates and shrinks. */
export interface History {
  devices: number;
  mode: 'whole' | 'arrival';
  seed: number;
  /** Annotations that everybody knows before the first step. */
  shared: number;
  steps: Step[];
}

export type Step = WriteStep | SyncStep | LookStep | ClockStep | DeviceStep | RedactStep | HostileStep;

export const WRITES = [
  'create',
  'edit-title',
  'edit-body',
  'edit-reply',
  'edit-tags',
  'status',
  'reply',
  'delete',
  'delete-reply',
  'restore',
  'resolve',
  'undo',
] as const;

export interface WriteStep {
  kind: 'write';
  device: number;
  what: (typeof WRITES)[number];
  /** Which annotation, reply or operation; taken modulo what there is. */
  pick: number;
  /** From what the device showed at its last look, not from what it knows. */
  isStale: boolean;
  /** The text names this person; null: nobody. */
  names: number | null;
}

/** Pull and push; with a fault the way there is broken somewhere. */
export interface SyncStep {
  kind: 'sync';
  device: number;
  fault: 'none' | 'unreachable' | 'lost-answer' | 'broken-send' | 'broken-list' | 'failed-reads';
  isDelayed: boolean;
  pullOnly: boolean;
}

export interface LookStep {
  kind: 'look';
  device: number;
}

/** The device's clock is set somewhere else. */
export interface ClockStep {
  kind: 'clock';
  device: number;
  offMs: number;
}

/** backup: a copy of the data folder · restore: that copy instead of what is there · restart: memory is lost. */
export interface DeviceStep {
  kind: 'backup' | 'restore' | 'restart';
  device: number;
}

export interface RedactStep {
  kind: 'redact';
  device: number;
  user: number;
}

export const HOSTILITIES = [
  'not-json',
  'not-utf8',
  'unknown-kind',
  'future-schema',
  'too-large',
  'too-deep',
  'wrong-types',
  'other-environment',
  'html',
  'absurd-clock',
  'latest-clock',
  'twin',
  'ring',
  'wild-saw',
] as const;

/** Somebody puts something into the source that is no honest operation. */
export interface HostileStep {
  kind: 'hostile';
  what: (typeof HOSTILITIES)[number];
  pick: number;
}

const DAY_MS = 86_400_000;
const device = fc.noBias(fc.nat(7));
const pick = fc.noBias(fc.nat(50));

const write: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('write' as const),
  device,
  what: fc.constantFrom(...WRITES, 'edit-title', 'edit-body', 'edit-body', 'edit-reply', 'reply', 'resolve'),
  pick,
  isStale: fc.boolean(),
  names: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(1) }),
});
const sync: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('sync' as const),
  device,
  fault: fc.oneof(
    { weight: 4, arbitrary: fc.constant('none' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('unreachable', 'lost-answer', 'broken-send', 'broken-list', 'failed-reads'),
    },
  ),
  isDelayed: fc.boolean(),
  pullOnly: fc.boolean(),
});
const look: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('look' as const), device });
const clock: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('clock' as const),
  device,
  offMs: fc.constantFrom(
    0,
    -1,
    -60_000,
    -DAY_MS,
    DAY_MS,
    3 * DAY_MS,
    400 * DAY_MS,
    -30_000 * DAY_MS,
    300_000 * DAY_MS,
  ),
});
const onDevice: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('backup' as const, 'restore' as const, 'restart' as const),
  device,
});
const redact: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('redact' as const),
  device,
  user: fc.nat(1),
});
const hostile: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('hostile' as const),
  what: fc.constantFrom(...HOSTILITIES),
  pick,
});

const honestSteps = fc.oneof(
  { weight: 12, arbitrary: write },
  { weight: 8, arbitrary: sync },
  { weight: 2, arbitrary: look },
  { weight: 1, arbitrary: clock },
  { weight: 2, arbitrary: onDevice },
  { weight: 1, arbitrary: redact },
);

const historyOf = (steps: fc.Arbitrary<Step>): fc.Arbitrary<History> =>
  fc.record({
    devices: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 2, max: 3 }) },
      fc.integer({ min: 2, max: 8 }),
    ),
    mode: fc.constantFrom('whole' as const, 'arrival' as const),
    seed: fc.nat(0xffff_ffff),
    shared: fc.nat(3),
    steps: fc.noBias(fc.array(steps, { minLength: 1, maxLength: 60, size: 'max' })),
  });

export const honestHistories = historyOf(honestSteps);
export const hostileHistories = historyOf(
  fc.oneof({ weight: 5, arbitrary: honestSteps }, { weight: 2, arbitrary: hostile }),
);
