import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { EventDraft } from '../store/event-draft.ts';
import type { PendingObject } from '../store/pending.ts';
import { type DecoderContext, type JsonObject, decodeEvent } from './event-decoder.ts';
import { createEventCheck } from './event-rules.ts';
import { createFieldPlan } from './field-plan.ts';
import { environmentOfRow } from './row-environment.ts';
import { UnfitRow } from './row-problem.ts';
import type { RowReader } from './row-reader.ts';
import { parseJsonRow, textOf } from './row-text.ts';
import { redactedCopy } from './redact.ts';
import type { Source } from './source-row.ts';
import { knownStates } from './taxonomy-states.ts';
import { ValueEncoder } from './value-encoder.ts';

interface EnvironmentReader {
  environment: EnvironmentState;
  context: DecoderContext;
  check: ReturnType<typeof createEventCheck>;
}

/** Reads rows of an event source into the batches of their environments, or into quarantine. */
export function createEventReader(store: EngineStore, source: Source): RowReader {
  const plan = createFieldPlan(source.rules);
  const draft = new EventDraft();
  const readers = new Map<string, EnvironmentReader>();
  const nowMs = store.workspace.asOfMs ?? store.now();
  let current: PendingObject | null = null;

  function readerOf(name: string): EnvironmentReader {
    const known = readers.get(name);
    if (known !== undefined) return known;
    const environment = store.environment(name);
    const encoder = new ValueEncoder(environment, {
      onScrub(column, kind) {
        if (current !== null) current.scrubbed++;
        store.facts.addScrub(source.sourceId, column, kind);
      },
    });
    const { schema, map } = source.rules;
    const created: EnvironmentReader = {
      environment,
      context: { plan, constants: map.constants, encoder, draft },
      check: createEventCheck(environment, { schema, states: knownStates(store.db, name), nowMs }),
    };
    readers.set(name, created);
    return created;
  }

  function readRow(row: JsonObject, object: PendingObject, position: number): void {
    let environment: string | null = null;
    try {
      environment = environmentOfRow(row, plan, source.environment);
      const { context, check, environment: state } = readerOf(environment);
      decodeEvent(row, { objectKey: object.key, position }, context);
      const problem = check.problemOf(draft);
      if (problem !== null) throw new UnfitRow(problem.reason, problem.field);
      state.batch.add(draft, object.objectId);
    } catch (error) {
      refuse(error, object, position, environment ?? source.environment, row);
    }
  }

  function refuse(
    error: unknown,
    object: PendingObject,
    position: number,
    environment: string | null,
    row: JsonObject | null,
  ): void {
    if (!(error instanceof UnfitRow)) throw error;
    object.quarantined++;
    store.facts.addQuarantine({
      sourceId: source.sourceId,
      objectId: object.objectId,
      position,
      environment,
      ...error.problem,
      copy: row === null ? null : redactedCopy(row, plan),
    });
  }

  return {
    json(bytes, start, end, object, position) {
      current = object;
      let row: JsonObject;
      try {
        row = parseJsonRow(textOf(bytes, start, end));
      } catch (error) {
        refuse(error, object, position, source.environment, null);
        return;
      }
      readRow(row, object, position);
    },
    row(row, object, position) {
      current = object;
      readRow(row, object, position);
    },
    unreadable(reason, object, position) {
      refuse(new UnfitRow(reason), object, position, source.environment, null);
    },
  };
}
