import type { EventRef, Filter } from '../../../shared/query/filter.ts';
import { all, any, type Expression, type FilterCompiler, propertiesOf } from './expression.ts';

/** Which events a question means, per event type. */
export interface EventMatch {
  /** What rows of a type must pass; null where no row of it is meant. The same object: the same for both types. */
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
  const compiled = new Map<string, Expression>();
  const properties = propertiesOf([
    ...filters,
    ...alternatives.flatMap((alternative) => alternative.filters),
  ]);

  function compileFor(eventType: string): Expression | null {
    const meant = [...alternatives.keys()].filter((index) => fits(alternatives[index], eventType));
    if (meant.length === 0) return null;
    const left = properties.filter((property) => isUntouched?.(eventType, property));
    const key = JSON.stringify([meant, left]);
    const found = compiled.get(key) ?? compile(meant, (property) => left.includes(property));
    compiled.set(key, found);
    return found;
  }
  function compile(meant: readonly number[], leaveOut: (property: string) => boolean): Expression {
    const own = meant.map((index) => compiler.compile(alternatives[index]?.filters ?? [], leaveOut));
    return all([compiler.compile(filters, leaveOut), any(own)]);
  }
  return {
    forType(eventType) {
      const found = known.get(eventType);
      if (found !== undefined) return found;
      const made = compileFor(eventType);
      known.set(eventType, made);
      return made;
    },
  };
}

const fits = (alternative: Alternative | undefined, eventType: string): boolean =>
  alternative?.event === null || alternative?.event === eventType;

/** `anyOf` flattened; filters of the outer reference hold for every inner one. */
function alternativesOf(ref: EventRef, outer: readonly Filter[]): Alternative[] {
  const filters = [...outer, ...(ref.filters ?? [])];
  if (ref.anyOf !== undefined) return ref.anyOf.flatMap((inner) => alternativesOf(inner, filters));
  return [{ event: ref.event ?? null, filters }];
}

/** A match whose rows of one event type come apart from those of all others. */
export function apart(eventType: string, forType: EventMatch['forType']): EventMatch {
  const found = forType(eventType);
  const own: Expression | null = found === null ? null : { kind: 'all', of: [found] };
  return { forType: (other) => (other === eventType ? own : forType(other)) };
}

/** Names of the event types that a reference can mean; null: any. */
export function eventTypesOf(ref: EventRef): string[] | null {
  const events = alternativesOf(ref, []).map(({ event }) => event);
  return events.some((event) => event === null)
    ? null
    : [...new Set(events.filter((event) => event !== null))];
}
