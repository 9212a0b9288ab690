import { type PropertyRule, propertyRulesOf } from '../../../shared/domain/events.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { EventDraft } from '../store/event-draft.ts';
import type { RowProblem } from './quarantine-reasons.ts';

export interface EventRules {
  /** Declared schema: known event types are checked against DATA §1. */
  schema: 'product' | null;
  /** States that some version of the environment's taxonomy knows; null while it has none. */
  states: ReadonlySet<string> | null;
  /** Now, ms. */
  nowMs: number;
}

export const MIN_TS_MS = Date.UTC(2000, 0);
export const FUTURE_TOLERANCE_MS = 24 * 60 * 60 * 1000; // DATA §1*
/** Distinct properties that an event type may have in all; beyond, values are being spelled as names. */
export const MAX_PROPERTIES_PER_TYPE = 1000;

const STATE_EVENT = 'reaction_captured';
const STATE_PROPERTY = 'state';
const PLANS: ReadonlySet<string> = new Set(['early', 'mid', 'enterprise']);
const PLAN = CODED_COLUMNS.indexOf('plan');

interface TypeRules {
  name: string;
  rules: Record<string, PropertyRule>;
  required: string[];
  /** By property id: 1 once this type has carried it. */
  known: Uint8Array;
  knownNames: Set<string>;
}

/** Says whether a decoded row can be an event; prepared once per environment and source, asked for every row. */
export function createEventCheck(environment: EnvironmentState, rules: EventRules) {
  const types: (TypeRules | undefined)[] = [];
  const texts = environment.dictionary('event_type');
  const plans = environment.dictionary('plan');

  function typeOf(event: number): TypeRules {
    return (types[event] ??= typeRulesOf(environment, rules, texts.textOf(event)));
  }

  return {
    /** The first rule that the row breaks, null if it breaks none. Does not change anything. */
    problemOf(draft: EventDraft): RowProblem | null {
      if (!draft.hasId) return { reason: 'missing', field: 'event_id' };
      if (draft.event === 0) return { reason: 'missing', field: 'event_type' };
      if (Number.isNaN(draft.tsMs)) return { reason: 'missing', field: 'ts' };
      if (draft.tsMs < MIN_TS_MS) return { reason: 'too-early', field: 'ts' };
      if (draft.tsMs > rules.nowMs + FUTURE_TOLERANCE_MS) return { reason: 'in-future', field: 'ts' };
      const type = typeOf(draft.event);
      if (rules.schema !== null) {
        const plan = draft.codes[PLAN] ?? 0;
        if (plan !== 0 && !PLANS.has(plans.textOf(plan))) return { reason: 'not-allowed', field: 'plan' };
        const problem = schemaProblem(draft, type, environment);
        if (problem !== null) return problem;
      }
      if (rules.states !== null && type.name === STATE_EVENT) {
        const problem = stateProblem(draft, environment, rules.states);
        if (problem !== null) return problem;
      }
      return acceptProperties(draft, type, environment);
    },
  };
}

function typeRulesOf(environment: EnvironmentState, { schema }: EventRules, name: string): TypeRules {
  const rules = schema === null ? {} : (propertyRulesOf(name) ?? {});
  return {
    name,
    rules,
    required: Object.entries(rules)
      .filter(([, rule]) => rule.required === true)
      .map(([property]) => property),
    known: new Uint8Array(64),
    knownNames: environment.propertiesOf(name),
  };
}

function schemaProblem(draft: EventDraft, type: TypeRules, environment: EnvironmentState): RowProblem | null {
  for (let i = 0; i < draft.properties; i++) {
    const name = environment.propertyNames[draft.propertyIds[i] ?? 0] ?? '';
    const rule = Object.hasOwn(type.rules, name) ? type.rules[name] : undefined;
    if (rule === undefined) continue;
    const reason =
      rule.type === 'text' ? textProblem(draft, i, name, rule, environment) : scalarProblem(draft, i, rule);
    if (reason !== null) return { reason, field: name };
  }
  for (const name of type.required) {
    const at = draft.indexOf(environment.propertyId(name));
    if (at === -1 || isEmptyText(draft, at, name, environment)) return { reason: 'missing', field: name };
  }
  return null;
}

const isEmptyText = (draft: EventDraft, at: number, name: string, environment: EnvironmentState): boolean =>
  draft.kinds[at] === VALUE_KIND.text &&
  environment.dictionary(`p.${name}`).textOf(draft.values[at] ?? 0) === '';

type SchemaReason = 'wrong-type' | 'not-allowed' | null;

function textProblem(
  draft: EventDraft,
  at: number,
  name: string,
  { oneOf }: PropertyRule,
  environment: EnvironmentState,
): SchemaReason {
  if (draft.kinds[at] !== VALUE_KIND.text) return 'wrong-type';
  if (oneOf === undefined) return null;
  return oneOf.includes(environment.dictionary(`p.${name}`).textOf(draft.values[at] ?? 0))
    ? null
    : 'not-allowed';
}

function scalarProblem(draft: EventDraft, at: number, { type, min, max }: PropertyRule): SchemaReason {
  const kind = draft.kinds[at];
  if (type === 'boolean') return kind === VALUE_KIND.yes || kind === VALUE_KIND.no ? null : 'wrong-type';
  const value = draft.values[at] ?? 0;
  if (kind !== VALUE_KIND.number || (type === 'integer' && !Number.isInteger(value))) return 'wrong-type';
  return (min !== undefined && value < min) || (max !== undefined && value > max) ? 'not-allowed' : null;
}

/** A reaction without a state is a matter of the schema; one with an unknown state is never kept. */
function stateProblem(
  draft: EventDraft,
  environment: EnvironmentState,
  states: ReadonlySet<string>,
): RowProblem | null {
  const at = draft.indexOf(environment.propertyId(STATE_PROPERTY));
  if (at === -1) return null;
  const isText = draft.kinds[at] === VALUE_KIND.text;
  const state = isText ? environment.dictionary(`p.${STATE_PROPERTY}`).textOf(draft.values[at] ?? 0) : '';
  return states.has(state) ? null : { reason: 'unknown-state', field: STATE_PROPERTY };
}

/** The last check: only a row that passes all others may teach its type new properties. */
function acceptProperties(
  draft: EventDraft,
  type: TypeRules,
  environment: EnvironmentState,
): RowProblem | null {
  for (let i = 0; i < draft.properties; i++) {
    const propertyId = draft.propertyIds[i] ?? 0;
    if (type.known[propertyId] === 1) continue;
    const name = environment.propertyNames[propertyId] ?? '';
    if (!type.knownNames.has(name) && type.knownNames.size >= MAX_PROPERTIES_PER_TYPE) {
      return { reason: 'too-many-properties', field: type.name };
    }
    type.knownNames.add(name);
    if (propertyId >= type.known.length) {
      const larger = new Uint8Array(Math.max(propertyId + 1, type.known.length * 2));
      larger.set(type.known);
      type.known = larger;
    }
    type.known[propertyId] = 1;
  }
  return null;
}
