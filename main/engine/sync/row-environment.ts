import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import type { JsonObject } from './event-decoder.ts';
import type { FieldPlan } from './field-plan.ts';
import { UnfitRow } from './row-problem.ts';
import { scrubText } from './scrub.ts';

/**
 * The environment that a row belongs to: the source's own, which the row may repeat but not contradict, or the row's
 * where the source leaves it to the rows. Throws UnfitRow.
 */
export function environmentOfRow(row: JsonObject, plan: FieldPlan, expected: string | null): string {
  const stated = statedEnvironment(row, plan);
  if (expected === null) {
    if (stated === undefined) throw new UnfitRow('missing', 'environment');
    return stated;
  }
  if (stated !== undefined && stated !== expected) throw new UnfitRow('wrong-environment', 'environment');
  return expected;
}

function statedEnvironment(row: JsonObject, plan: FieldPlan): string | undefined {
  for (const name of Object.keys(row)) {
    const action = plan.topLevel(name);
    if (action.kind !== 'column' || action.column !== 'environment') continue;
    const value = row[name];
    if (value === null || value === undefined || value === '') continue;
    if (typeof value !== 'string') throw new UnfitRow('wrong-type', 'environment');
    if (value.length > EVENT_COLUMNS.environment.maxLength) throw new UnfitRow('too-long', 'environment');
    if (scrubText(value, 'label') !== null) throw new UnfitRow('wrong-type', 'environment');
    return value;
  }
  return undefined;
}
