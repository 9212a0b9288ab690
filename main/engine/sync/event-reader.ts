import { createExpectationCheck } from '../privacy/expectations.ts';
import { reduceDraft } from '../privacy/reduce-draft.ts';
import { createRefusalCheck } from '../privacy/refusal-check.ts';
import { viewBytes } from '../store/byte-view.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { EventDraft } from '../store/event-draft.ts';
import type { PendingObject } from '../store/pending.ts';
import { type DecoderContext, type JsonObject, decodeEvent } from './event-decoder.ts';
import { type EventCheck, createEventCheck } from './event-rules.ts';
import { EventScanner } from './event-scanner.ts';
import { type FieldPlan, createFieldPlan } from './field-plan.ts';
import { LINE_FEED, UNUSUAL } from './json-bytes.ts';
import type { RowProblem } from './quarantine-reasons.ts';
import { redactedCopy } from './redact.ts';
import { environmentOfRow } from './row-environment.ts';
import { UnfitRow } from './row-problem.ts';
import type { RowReader } from './row-reader.ts';
import { parseJsonRow, textOf } from './row-text.ts';
import { createStateTranslation } from './read-states.ts';
import type { Source } from './source-row.ts';
import { knownStates } from './taxonomy-states.ts';
import { ValueEncoder } from './value-encoder.ts';

/** Of one source that leaves it to its rows; each takes memory of its own, and more are values taken for names. */
const MAX_ENVIRONMENTS = 64;

const RETURN = 0x0d;

interface EnvironmentReader {
  environment: EnvironmentState;
  context: DecoderContext;
  check: EventCheck;
  /** Puts known states in the place of those that the source's owner has said how to read. */
  translate: (draft: EventDraft) => void;
  isRefused: (draft: EventDraft) => boolean;
  /** Counts where the row is not what its type is expected to be. */
  expect: (draft: EventDraft) => void;
  /** null where ids are made from whole rows, which only the decoder sees. */
  scanner: EventScanner | null;
}

/**
 * Reads rows of an event source into the batches of their environments, or into quarantine: first by the byte scanner
 * of the environment that the row before belonged to, and where that declines by the JSON decoder.
 */
export function createEventReader(store: EngineStore, source: Source): RowReader {
  const plan = createFieldPlan(source.rules, (name) => store.refusals.isNamedIn(name));
  const isAggregate = source.rules.mode === 'aggregates';
  const draft = new EventDraft();
  const readers = new Map<string, EnvironmentReader>();
  const nowMs = store.workspace.asOfMs ?? store.now();
  let chunk = viewBytes(new Uint8Array(0));
  let declinedAt = -1; // where in the chunk the scanner declined last
  const place = { objectKey: '', position: 0 };
  let latest: EnvironmentReader | null = source.environment === null ? null : readerOf(source.environment);

  function readerOf(name: string): EnvironmentReader {
    const known = readers.get(name);
    if (known !== undefined) return known;
    if (readers.size >= MAX_ENVIRONMENTS) throw new UnfitRow('wrong-environment', 'environment');
    const environment = store.environment(name);
    const { schema, map, states: readings } = source.rules;
    const states = knownStates(store.db, name);
    const encoder = new ValueEncoder(environment);
    const context: DecoderContext = { plan, constants: Object.entries(map.constants), encoder, draft };
    const created: EnvironmentReader = {
      environment,
      context,
      isRefused: createRefusalCheck(store.refusals, environment),
      expect: createExpectationCheck(store, environment, { sourceId: source.sourceId, plan }),
      check: createEventCheck(environment, {
        schema: isAggregate ? null : schema,
        states,
        nowMs,
      }),
      translate: createStateTranslation(environment, readings, states),
      scanner:
        plan.eventId === 'hash-of-row'
          ? null
          : new EventScanner(context, { name, isGiven: source.environment !== null }),
    };
    readers.set(name, created);
    return created;
  }

  /** Where the row ends, if the scanner took it and no rule speaks against it; else UNUSUAL. */
  function scan(bytes: Uint8Array, start: number, end: number): number {
    if (latest?.scanner == null) return UNUSUAL;
    if (chunk.bytes !== bytes) chunk = viewBytes(bytes);
    declinedAt = -1;
    latest.context.encoder.scrubbed.length = 0; // of a row that was scanned but not kept
    const behind = latest.scanner.scan(chunk, start, end, place);
    if (behind !== UNUSUAL) latest.translate(draft);
    if (behind !== UNUSUAL && latest.check.problemOf(draft) === null) return behind;
    declinedAt = start;
    latest.context.encoder.scrubbed.length = 0;
    return UNUSUAL;
  }

  function keep(reader: EnvironmentReader, object: PendingObject): void {
    if (reader.isRefused(draft)) object.refused++;
    else add(reader, object);
    countScrubs(reader.context.encoder, object);
  }

  function add({ environment, expect }: EnvironmentReader, object: PendingObject): void {
    expect(draft);
    if (isAggregate) reduceDraft(draft);
    environment.batch.add(draft, object.objectId);
  }

  function decode(row: JsonObject, object: PendingObject): void {
    let name: string | null = null;
    try {
      name = environmentOfRow(row, plan, source.environment);
      latest = readerOf(name);
      decodeEvent(row, place, latest.context);
      latest.translate(draft);
      const problem = latest.check.problemOf(draft);
      if (latest.isRefused(draft)) object.refused++;
      else if (problem === null) add(latest, object);
      else refuse(problem, object, name, row);
    } catch (error) {
      if (!(error instanceof UnfitRow)) throw error;
      refuse(error.problem, object, name ?? source.environment, row);
    }
    if (latest !== null) countScrubs(latest.context.encoder, object);
  }

  function countScrubs({ scrubbed }: ValueEncoder, object: PendingObject): void {
    if (scrubbed.length === 0) return;
    object.scrubbed += scrubbed.length;
    for (const { column, kind } of scrubbed) store.facts.addScrub(source.sourceId, column, kind);
    scrubbed.length = 0;
  }

  function refuse(
    problem: RowProblem,
    object: PendingObject,
    environment: string | null,
    row: JsonObject | null,
  ): void {
    const copy = row === null ? null : redactedCopy(row, plan);
    if (copy !== null && store.refusals.isNamedIn(copy)) {
      object.refused++;
      return;
    }
    object.quarantined++;
    store.facts.addQuarantine({
      sourceId: source.sourceId,
      objectId: object.objectId,
      position: place.position,
      environment,
      ...problem,
      copy,
    });
  }

  return {
    wants: (path) => isWanted(plan, path),
    takesBytes: plan.eventId !== 'hash-of-row',
    takeLine(bytes, start, end, object, position) {
      place.objectKey = object.key;
      place.position = position;
      const behind = scan(bytes, start, end);
      if (behind === UNUSUAL || latest === null) return UNUSUAL;
      const next = bytes[behind] === RETURN ? behind + 1 : behind;
      if (next >= end || bytes[next] !== LINE_FEED) return UNUSUAL;
      keep(latest, object);
      return next + 1;
    },
    json(bytes, start, end, object, position) {
      place.objectKey = object.key;
      place.position = position;
      const wasDeclined = chunk.bytes === bytes && declinedAt === start;
      if (!wasDeclined && scan(bytes, start, end) === end && latest !== null) {
        keep(latest, object);
        return;
      }
      declinedAt = -1; // another row may be written to the same place
      try {
        decode(parseJsonRow(textOf(bytes, start, end)), object);
      } catch (error) {
        if (!(error instanceof UnfitRow)) throw error;
        refuse(error.problem, object, source.environment, null);
      }
    },
    row(row, object, position) {
      place.objectKey = object.key;
      place.position = position;
      decode(row, object);
    },
    unreadable(reason, object, position) {
      place.position = position;
      refuse({ reason, field: null }, object, source.environment, null);
    },
  };
}

/** By the plan of the rows; where ids are made from whole rows, everything takes part. */
function isWanted(plan: FieldPlan, path: readonly string[]): boolean {
  if (plan.eventId === 'hash-of-row') return true;
  const [top = '', ...inner] = path;
  if (plan.topLevel(top).kind === 'container')
    return inner.length === 0 || plan.inProperties(inner.join('.')).kind !== 'drop';
  return plan.topLevel(path.join('.')).kind !== 'drop';
}
