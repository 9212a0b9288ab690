import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SampleManifest } from '../../main/engine/sample/facts.ts';
import { PLANTED_ADDRESSES } from '../../main/engine/sample/plants.ts';
import { SAMPLE_FACTS_FILE, writeSample } from '../../main/engine/sample/write-sample.ts';
import { FREE_TEXT_PROPERTIES } from '../../shared/domain/events.ts';
import {
  type Capture,
  type RawData,
  type RawEvent,
  dayOf,
  isNew,
  localDay,
  readRaw,
  recountCapture,
  recountMasterImpact,
  recountStates,
  rowsOf,
  valueOf,
} from '../support/recount.ts';

const FULL = { events: 400_000, days: 180 };
const SHORT = { events: 133_333, days: 60 }; // as many events a day as the full sample
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const SETUP_TIMEOUT_MS = 120_000; // writing and reading the full sample takes about 10 s on two idle cores
const ZONE = 'Europe/Oslo';
const DAY_MS = 86_400_000;

const SAME_IN_EVERY_COPY = [
  'user_id',
  'session_id',
  'app_version',
  'locale',
  'plan',
  'practice_session_id',
  'master_id',
  'state',
  'duration_seconds',
];

const EVENT_TYPES_OF_DATA_1 = [
  'practice_opened',
  'session_started',
  'session_completed',
  'reaction_prompt_shown',
  'reaction_captured',
  'signal_pre',
  'signal_post',
  'chat_interaction',
  'thread_lifecycle',
  'feature_usage',
  'survey_response',
  'feedback_submission',
  'performance_metric',
  'error_tracking',
  'page_view',
  'sign_up',
  'payment',
  'subscription_cancelled',
  'experiment_exposure',
  'prompt_analysed',
  'cost_savings_identified',
];

const CASES = [
  { seed: 0, ...(IS_DEEP ? FULL : SHORT) },
  { seed: 1, ...FULL },
  { seed: 2, ...(IS_DEEP ? FULL : SHORT) },
  { seed: 3, ...(IS_DEEP ? FULL : SHORT) },
];

describe.each(CASES)('sample with seed $seed, recounted from its raw files', ({ seed, events, days }) => {
  const parent = mkdtempSync(path.join(tmpdir(), 'tidemark-sample-'));
  const folder = path.join(parent, 'sample');
  let manifest: SampleManifest;
  let raw: RawData;
  let captureByDay: Map<string, Capture>;
  /** Days on which every reaction's 24 hours have run. */
  let fullDays: string[];

  beforeAll(async () => {
    manifest = await writeSample({ folder, seed, events, days });
    raw = readRaw(folder, { environment: 'sample', asOf: manifest.asOf });
    captureByDay = recountCapture(raw, dayOf(ZONE));
    fullDays = [...captureByDay.keys()].sort().slice(0, -2);
  }, SETUP_TIMEOUT_MS);
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  const rateOf = ({ completed, captured }: Capture): number => captured / completed;
  const captureOn = (day: string): Capture => captureByDay.get(day) ?? { completed: 0, captured: 0 };
  const lastDays = (count: number) => {
    const first = localDay(Date.parse(manifest.asOf) - (count - 1) * DAY_MS, ZONE);
    return (event: RawEvent): boolean => localDay(event.tsMs, ZONE) >= first;
  };
  const feedOf = (sourceName: string): string =>
    manifest.sources.find(({ name }) => name === sourceName)?.folder ?? '';

  test('holds exactly the events asked for, and every line is an event, a duplicate or quarantined', () => {
    const { facts } = manifest;
    expect(raw.events).toHaveLength(events);
    expect(facts.events).toBe(events);
    expect(raw.duplicates).toHaveLength(facts.duplicates.total);
    expect(raw.quarantined).toHaveLength(facts.quarantined.total);
    const rowsByName = Object.fromEntries(
      Object.keys(facts.rowsWritten).map((name) => [name, raw.rowsBySource[feedOf(name)]]),
    );
    expect(rowsByName).toEqual(facts.rowsWritten);
    const read = Object.values(facts.rowsWritten).reduce((sum, rows) => sum + rows, 0);
    expect(read).toBe(facts.events + facts.duplicates.total + facts.quarantined.total);
  });

  test('holds every event type of DATA §1 as often as the facts say', () => {
    const counts: Record<string, number> = {};
    for (const { event_type: type } of raw.events) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual(manifest.facts.eventsByType);
    expect(Object.keys(counts).sort()).toEqual([...EVENT_TYPES_OF_DATA_1].sort());
  });

  test('has as many local days as asked for, the last one open', () => {
    const { facts } = manifest;
    expect([...captureByDay.keys()].sort()).toHaveLength(days);
    expect([...captureByDay.keys()].sort().at(-1)).toBe(facts.lastDay);
    expect([...captureByDay.keys()].sort()[0]).toBe(facts.firstDay);
    expect(localDay(Date.parse(manifest.asOf), ZONE)).toBe(facts.lastDay);
    const asOfMs = Date.parse(manifest.asOf);
    expect(raw.events.every(({ tsMs, receivedMs }) => tsMs <= receivedMs && receivedMs <= asOfMs)).toBe(true);
  });

  test('capture rate is below 85 % on the planted days and at least 86 % on every other full day', () => {
    const low = fullDays.filter((day) => rateOf(captureOn(day)) < 0.85);
    expect(low).toEqual(manifest.facts.dropDays);
    expect(manifest.facts.dropDays).toHaveLength(seed === 0 ? 0 : 3);
    for (const day of low) expect(rateOf(captureOn(day))).toBeLessThan(0.84);
    const others = fullDays.filter((day) => !low.includes(day)).map((day) => rateOf(captureOn(day)));
    expect(Math.min(...others)).toBeGreaterThanOrEqual(0.86);
    expect(Math.max(...others)).toBeLessThan(0.93);
    const sizes = fullDays.map((day) => captureOn(day).completed);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(200);
  });

  test('the planted days follow the release, lie in it alone, and end with its fix', () => {
    const { dropDays, dropRelease, dropReleasedAt, fixReleasedAt, dropPracticeIds } = manifest.facts;
    if (dropRelease === null || dropReleasedAt === null || fixReleasedAt === null) {
      expect(manifest.facts).toMatchObject({
        hasStory: false,
        dropDays: [],
        fixRelease: null,
        liftDay: null,
      });
      return;
    }
    expect(localDay(Date.parse(dropReleasedAt), ZONE) < (dropDays[0] ?? '')).toBe(true);
    expect(localDay(Date.parse(fixReleasedAt), ZONE)).toBe(dropDays[2]);
    const onLowDays = (event: RawEvent): boolean => dropDays.includes(localDay(event.tsMs, ZONE));
    const isTouched = (event: RawEvent): boolean =>
      valueOf('app_version')(event) === dropRelease &&
      dropPracticeIds.includes(valueOf('practice_id')(event));
    const inRelease = recountCapture(
      raw,
      (event) => String(isTouched(event)),
      onLowDays,
      () => true,
    );
    expect(rateOf(inRelease.get('true') ?? { completed: 0, captured: 0 })).toBeLessThan(0.82);
    expect(rateOf(inRelease.get('false') ?? { completed: 0, captured: 0 })).toBeGreaterThan(0.84);
  });

  test('one state rises on the planted days and on no other', () => {
    const { dropDays, risingState, stateIds } = manifest.facts;
    const byDay = recountStates(raw, dayOf(ZONE));
    const shareOn = (state: string, day: string): number =>
      (byDay.get(day)?.byState[state] ?? 0) / (byDay.get(day)?.n ?? 1);
    const usualDays = fullDays.filter((day) => !dropDays.includes(day));
    const risen = stateIds.filter((state) => {
      const usual = usualDays.map((day) => shareOn(state, day));
      const mean = usual.reduce((sum, share) => sum + share, 0) / usual.length;
      return (
        dropDays.length > 0 && dropDays.every((day) => shareOn(state, day) > Math.max(...usual, mean + 0.055))
      );
    });
    expect(risen).toEqual(risingState === null ? [] : [risingState]);
  });

  test('one day stands out upwards', () => {
    const { liftDay } = manifest.facts;
    const best = [...fullDays].sort((a, b) => rateOf(captureOn(b)) - rateOf(captureOn(a)))[0];
    if (liftDay !== null) expect(best).toBe(liftDay);
    else expect(rateOf(captureOn(best ?? ''))).toBeLessThan(0.9);
  });

  test('weekends hold fewer sessions and a lower capture rate', () => {
    const usual = fullDays.filter((day) => !manifest.facts.dropDays.includes(day));
    const isWeekend = (day: string): boolean => [0, 6].includes(new Date(day).getUTCDay());
    const mean = (numbers: number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    const of = (weekend: boolean): Capture[] =>
      usual.filter((day) => isWeekend(day) === weekend).map(captureOn);
    expect(mean(of(true).map(({ completed }) => completed))).toBeLessThan(
      0.9 * mean(of(false).map(({ completed }) => completed)),
    );
    expect(mean(of(true).map(rateOf))).toBeLessThan(mean(of(false).map(rateOf)));
  });

  test('one practice and one master stay small in the last 28 days, the others do not', () => {
    const { facts } = manifest;
    const reactions = recountStates(raw, valueOf('practice_id'), lastDays(28));
    expect([...reactions.keys()].sort()).toEqual([...facts.practiceIds].sort());
    for (const [practice, { n }] of reactions) {
      if (practice === facts.smallPracticeId) expect(n).toBeLessThan(100);
      else expect(n, practice).toBeGreaterThanOrEqual(200);
    }
    const impact = recountMasterImpact(raw, lastDays(28));
    expect([...impact.keys()].sort()).toEqual(['', ...facts.masterIds].sort());
    for (const [master, { completed }] of impact) {
      if (master === facts.smallMasterId) expect(completed).toBeLessThan(200);
      else expect(completed, master).toBeGreaterThanOrEqual(200);
    }
  });

  test('masters teach several practices, practices have several masters, and masters differ', () => {
    const pairs = new Set(
      raw.events
        .filter(({ event_type: type }) => type === 'session_completed')
        .map((event) => `${valueOf('practice_id')(event)} ${valueOf('master_id')(event)}`),
    );
    const practicesOf = (master: string): number =>
      [...pairs].filter((pair) => pair.endsWith(` ${master}`)).length;
    for (const master of manifest.facts.masterIds) expect(practicesOf(master), master).toBeGreaterThan(1);
    const mastersOf = (practice: string): number =>
      [...pairs].filter((pair) => pair.startsWith(`${practice} `)).length;
    const taughtBySeveral = manifest.facts.practiceIds.filter((practice) => mastersOf(practice) > 1);
    expect(taughtBySeveral).toHaveLength(manifest.facts.practiceIds.length - 1);
    const impact = recountMasterImpact(raw);
    expect(impact.get('mst_okafor')?.low).toBeGreaterThan(0);
    expect(impact.get('mst_novak')?.impact).toBeLessThan(-0.01);
    expect(impact.get('mst_novak')?.comparable).toBeLessThan(1);
  });

  test('new and returning users, guests, and users whom the dimension does not know yet occur', () => {
    const byCohort = recountCapture(raw, (event) => String(isNew(event, raw)));
    expect(byCohort.get('true')?.completed).toBeGreaterThan(0.15 * fullDays.length * 200);
    expect(byCohort.get('false')?.completed).toBeGreaterThan(0.4 * fullDays.length * 200);
    expect(byCohort.get('undefined')?.completed).toBeGreaterThan(0);
    const known = new Set(rowsOf(path.join(folder, 'users')).map(({ row }) => row?.['user_id']));
    const unknown = [...raw.firstSeenMs.keys()].filter((user) => !known.has(user));
    expect(unknown.length).toBeGreaterThan(0);
    expect(known.size).toBe(manifest.facts.users.inDimension);
    const signUps = raw.events.filter(({ event_type: type }) => type === 'sign_up');
    const earliest = signUps.filter(
      ({ values, tsMs }) => raw.firstSeenMs.get(String(values['user_id'])) === tsMs,
    );
    expect(earliest).toHaveLength(signUps.length);
  });

  test('every source is complete up to the time that its newest event and its lateness give', () => {
    for (const [name, { newestTs, completeTo }] of Object.entries(manifest.facts.watermarks)) {
      const rows = raw.events.filter(({ source }) => source === feedOf(name));
      const newestMs = rows.reduce((newest, { tsMs }) => Math.max(newest, tsMs), 0);
      expect(new Date(newestMs).toISOString(), name).toBe(newestTs);
      const latest = rows.filter(({ receivedMs }) => receivedMs > Date.parse(manifest.asOf) - 2 * DAY_MS);
      const lateness = latest.map(({ tsMs, receivedMs }) => receivedMs - tsMs).sort((a, b) => a - b);
      const p99 = lateness[Math.ceil(lateness.length * 0.99) - 1] ?? 0;
      expect(new Date(newestMs - p99).toISOString(), name).toBe(completeTo);
    }
  });

  test('exactly the planted source is behind its target', () => {
    const { watermarks, lateSource } = manifest.facts;
    const late = manifest.sources.filter(({ name, freshnessTargetMinutes }) => {
      const completeTo = watermarks[name]?.completeTo;
      if (completeTo === undefined) return false;
      return Date.parse(manifest.asOf) - Date.parse(completeTo) > freshnessTargetMinutes * 60_000;
    });
    expect(late.map(({ name }) => name)).toEqual(lateSource === null ? [] : [lateSource.name]);
    if (lateSource !== null) {
      const lagMs = Date.parse(manifest.asOf) - Date.parse(lateSource.completeTo);
      expect(lagMs / 60_000).toBe(lateSource.lagMinutes);
    }
  });

  test('the gap is 42 minutes long, nothing lies in it, and its source is busy at that hour', () => {
    const { gap } = manifest.facts;
    if (gap === null) {
      expect(seed).toBe(0);
      return;
    }
    const [fromMs, toMs] = [Date.parse(gap.from), Date.parse(gap.to)];
    expect(toMs - fromMs).toBe(42 * 60_000);
    const times = raw.events.filter(({ source }) => source === feedOf(gap.source)).map(({ tsMs }) => tsMs);
    expect(times).toContain(fromMs);
    expect(times).toContain(toMs);
    const between = (shiftMs: number): number =>
      times.filter((ms) => ms > fromMs - shiftMs && ms < toMs - shiftMs).length;
    expect(between(0)).toBe(0);
    const before = Array.from({ length: 28 }, (_, i) => between((i + 1) * DAY_MS));
    expect(before.reduce((sum, count) => sum + count, 0) / before.length).toBeGreaterThan(15);
  });

  test('events come again across days and sources, also more than three days apart under a new time', () => {
    const { duplicates } = manifest.facts;
    for (const [kind, count] of Object.entries(duplicates)) expect(count, kind).toBeGreaterThan(0);
    const first = new Map(raw.events.map((event) => [event.event_id, event]));
    let newTime = 0;
    let otherFeed = 0;
    let farApart = 0;
    for (const copy of raw.duplicates) {
      const original = first.get(copy.event_id);
      if (original === undefined) throw new Error(`no first copy of ${copy.event_id}`);
      if (original.tsMs !== copy.tsMs) {
        newTime += 1;
        expect(copy.tsMs - original.tsMs).toBeGreaterThan(3 * DAY_MS);
      } else if (original.source !== copy.source) otherFeed += 1;
      else if (copy.receivedMs - original.receivedMs > 3 * DAY_MS) farApart += 1;
      for (const name of SAME_IN_EVERY_COPY) expect(copy.values[name], name).toEqual(original.values[name]);
    }
    expect({ newTime, otherFeed, farApart }).toEqual({
      newTime: duplicates.newTime,
      otherFeed: duplicates.otherFeed,
      farApart: duplicates.farApart,
    });
  });

  test('some events arrive hours or days late, in the file of their arrival', () => {
    const late = raw.events.filter(({ tsMs, receivedMs }) => receivedMs - tsMs > 3_600_000);
    expect(late).toHaveLength(manifest.facts.lateEvents);
    expect(late.some(({ tsMs, receivedMs }) => receivedMs - tsMs > 1.5 * DAY_MS)).toBe(true);
    for (const { row, file } of rowsOf(path.join(folder, 'reactions'))) {
      const receivedAt = String(row?.['received_at']);
      if (row?.['received_at'] !== undefined)
        expect(file).toContain(`dt=${receivedAt.slice(0, 10)}/hour=${receivedAt.slice(11, 13)}`);
    }
  });

  test('rows that cannot be events have the planted reasons; 17 carry an unknown state', () => {
    const counts: Record<string, number> = {};
    for (const { reason } of raw.quarantined) counts[reason] = (counts[reason] ?? 0) + 1;
    const { quarantined } = manifest.facts;
    expect(counts).toEqual({
      'unknown-state': 17,
      'wrong-environment': quarantined.wrongEnvironment,
      'missing-field': quarantined.missingField,
      'impossible-time': quarantined.impossibleTime,
      'bad-json': quarantined.badJson,
    });
    expect(quarantined.unknownState).toBe(17);
  });

  test('personal data stands in allowed strings as often as the facts say, and nowhere unnamed', () => {
    const allowed = new Map(manifest.sources.map(({ folder: feed, allowColumns }) => [feed, allowColumns]));
    const strings = (event: RawEvent): string[] =>
      (allowed.get(event.source) ?? [])
        .map((column) => event.values[column])
        .filter((value) => typeof value === 'string');
    const withMatch = (pattern: RegExp): number =>
      raw.events.filter((event) => strings(event).some((text) => pattern.test(text))).length;
    expect(withMatch(/\S@\S+\.\S/)).toBe(manifest.facts.scrubbed.email);
    expect(withMatch(/\+47 912|\(555\) 010/)).toBe(manifest.facts.scrubbed.phone);
    expect(withMatch(/203\.0\.113\.77/)).toBe(manifest.facts.scrubbed.ip);
    expect(manifest.facts.scrubbed.email).toBeGreaterThan(3);
    expect(addressesIn(folder)).toEqual([...new Set(PLANTED_ADDRESSES)].sort());
  });

  test('the allow lists hold every property that the rows carry, except free text and what identifies a device', () => {
    const left = new Set<string>();
    const allowed = new Map(manifest.sources.map((source) => [source.folder, new Set(source.allowColumns)]));
    for (const { values, source } of raw.events) {
      for (const name of Object.keys(values)) if (allowed.get(source)?.has(name) !== true) left.add(name);
    }
    const freeText = [...left].filter((name) => FREE_TEXT_PROPERTIES.has(name));
    const others = [...left].filter((name) => !FREE_TEXT_PROPERTIES.has(name));
    expect(freeText).toEqual(
      expect.arrayContaining(['note', 'prompt_text', 'comment', 'error_message', 'stack_trace']),
    );
    expect(others.sort()).toEqual(['event_category', 'ip_address', 'user_agent']);
    for (const columns of allowed.values())
      for (const name of columns) expect(FREE_TEXT_PROPERTIES.has(name)).toBe(false);
  });

  test('signals come in pairs, as a beginning without end and as an end without beginning', () => {
    const idsOf = (type: string): Set<string> =>
      new Set(raw.events.filter(({ event_type: one }) => one === type).map(valueOf('signal_id')));
    const [pre, post] = [idsOf('signal_pre'), idsOf('signal_post')];
    expect([...pre].filter((id) => post.has(id)).length).toBeGreaterThan(100);
    expect([...pre].filter((id) => !post.has(id)).length).toBeGreaterThan(50);
    expect([...post].filter((id) => !pre.has(id)).length).toBeGreaterThan(5);
  });

  test('people whose deletion was asked for have rows; both arms of the experiment have users', () => {
    const { deletionRequests, experiment } = manifest.facts;
    expect(deletionRequests).toHaveLength(3);
    for (const { userId, events: rows } of deletionRequests) {
      const found = raw.events.filter(({ values }) => values['user_id'] === userId).length;
      expect(found).toBe(rows);
      expect(found).toBeGreaterThan(0);
    }
    const exposures = raw.events.filter((event) => valueOf('experiment_id')(event) === experiment.id);
    for (const [variant, users] of Object.entries(experiment.usersByVariant)) {
      const shown = exposures.filter((event) => valueOf('variant')(event) === variant);
      expect(new Set(shown.map(valueOf('user_id'))).size).toBe(users);
      expect(users).toBeGreaterThan(200);
    }
  });

  test('four annotations lie in the operation layout of two devices, one of them in conflict', () => {
    const operations = rowsOf(path.join(folder, 'annotations'));
    expect(operations).toHaveLength(manifest.facts.annotations.operations);
    for (const { file, row } of operations) {
      expect(file).toMatch(/annotations\/sample\/ops\/[\w-]+\/\d{6}-[0-9a-f-]{36}\.json$/);
      expect(Object.keys(row ?? {}).sort()).toEqual([
        'annotation_id',
        'author',
        'device',
        'fields',
        'hlc',
        'kind',
        'op_id',
      ]);
    }
    const rows = operations.map(({ row }) => row ?? {});
    expect(new Set(rows.map((row) => row['annotation_id'])).size).toBe(4);
    const textEdits = rows.filter((row) => row['kind'] === 'edit' && 'body' in Object(row['fields']));
    expect(new Set(textEdits.map((row) => row['annotation_id'])).size).toBe(1);
    expect(new Set(textEdits.map((row) => row['device'])).size).toBe(2);
  });
});

/** Every e-mail address in the raw files. */
function addressesIn(folder: string): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === SAMPLE_FACTS_FILE) continue;
    const bytes = readFileSync(path.join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      const around = /[\w.+-]+@[\w-]+\.[\w.-]*\w/.exec(text.slice(Math.max(0, at - 64), at + 64));
      found.add(around?.[0] ?? '@');
    }
  }
  return [...found].sort();
}
