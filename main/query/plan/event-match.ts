import type { EventRef, Filter } from '../../../shared/query/filter.ts';
import { all, any, type Expression, type FilterCompiler } from './expression.ts';

/** Which events a question means, per event type. */
export interface EventMatch {
  /** What rows of a type must pass; null where no row of it is meant. */
  forType(eventType: string): Expression | null;
}

interface Alternative {
  event: string | null;
  filters: Filter[];
}

export interface MatchOptions {
  compiler: FilterCompiler;
  /** Joined by and to the reference's own. */
  filters: readonly Filter[];
  /** Of a metric over several event types: a type that cannot have a property is left untouched by its filters. */
  isUntouched?: (eventType: string, property: string) => boolean;
}

export function matchEvents(ref: EventRef, { compiler, filters, isUntouched }: MatchOptions): EventMatch {
  const alternatives = alternativesOf(ref, []);
  const known = new Map<string, Expression | null>();

  function compileFor(eventType: string): Expression | null {
    const meant = alternatives.filter(({ event }) => event === null || event === eventType);
    if (meant.length === 0) return null;
    const leaveOut = (property: string): boolean => isUntouched?.(eventType, property) ?? false;
    return all([
      compiler.compile(filters, leaveOut),
      any(meant.map((alternative) => compiler.compile(alternative.filters, leaveOut))),
    ]);
  }
  return {
    forType(eventType) {
      const found = known.get(eventType);
      if (found !== undefined) return found;
      const compiled = compileFor(eventType);
      known.set(eventType, compiled);
      return compiled;
    },
  };
}

/** `anyOf` flattened; filters of the outer reference hold for every inner one. */
function alternativesOf(ref: EventRef, outer: readonly Filter[]): Alternative[] {
  const filters = [...outer, ...(ref.filters ?? [])];
  if (ref.anyOf !== undefined) return ref.anyOf.flatMap((inner) => alternativesOf(inner, filters));
  return [{ event: ref.event ?? null, filters }];
}

/** Names of the event types that a reference can mean; null: any. */
export function eventTypesOf(ref: EventRef): string[] | null {
  const events = alternativesOf(ref, []).map(({ event }) => event);
  return events.some((event) => event === null)
    ? null
    : [...new Set(events.filter((event) => event !== null))];
}
