import { type PropertyRule, propertyRulesOf } from '../../../shared/domain/events.ts';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { EventDraft } from '../store/event-draft.ts';
import { grownU8 } from '../store/growable.ts';
import type { QuarantineReason, RowProblem } from './quarantine-reasons.ts';

export interface EventRules {
  /** Declared schema: known event types are checked against DATA §1. */
  schema: 'product' | null;
  /** States that some version of the environment's taxonomy knows; null while it has none. */
  states: ReadonlySet<string> | null;
  /** Now, ms. */
  nowMs: number;
}

export interface EventCheck {
  /** The first rule that the row breaks, null if it breaks none. */
  problemOf: (draft: EventDraft) => RowProblem | null;
}

export const MIN_TS_MS = Date.UTC(2000, 0);
export const FUTURE_TOLERANCE_MS = 24 * 60 * 60 * 1000; // DATA §1*
/** Distinct properties that an event type may have in all; beyond, values are being spelled as names. */
export const MAX_PROPERTIES_PER_TYPE = 1000;

export const STATE_EVENT = 'reaction_captured';
export const STATE_PROPERTY = 'state';
const PLANS: ReadonlySet<string> = new Set(['early', 'mid', 'enterprise']);
const PLAN = CODED_COLUMNS.indexOf('plan');

/** Prepared once per environment and source, asked for every row: texts are judged once, then by their codes. */
export function createEventCheck(environment: EnvironmentState, rules: EventRules): EventCheck {
  const types: (TypeCheck | undefined)[] = [];
  const names = environment.dictionary('event_type');
  const isPlan = textTest(environment.dictionary('plan'), (text) => PLANS.has(text));

  return {
    problemOf(draft) {
      const problem = identityProblem(draft) ?? timeProblem(draft, rules.nowMs);
      if (problem !== null) return problem;
      const plan = draft.codes[PLAN] ?? 0;
      if (rules.schema !== null && plan !== 0 && !isPlan(plan))
        return { reason: 'not-allowed', field: 'plan' };
      return (types[draft.event] ??= createTypeCheck(environment, rules, names.textOf(draft.event)))(draft);
    },
  };
}

function identityProblem(draft: EventDraft): RowProblem | null {
  if (!draft.hasId) return { reason: 'missing', field: 'event_id' };
  return draft.event === 0 ? { reason: 'missing', field: 'event_type' } : null;
}

function timeProblem({ tsMs }: EventDraft, nowMs: number): RowProblem | null {
  if (Number.isNaN(tsMs)) return { reason: 'missing', field: 'ts' };
  if (tsMs < MIN_TS_MS) return { reason: 'too-early', field: 'ts' };
  return tsMs > nowMs + FUTURE_TOLERANCE_MS ? { reason: 'in-future', field: 'ts' } : null;
}

type TypeCheck = (draft: EventDraft) => RowProblem | null;

/** The rules of one event type: declared properties, states, and how many properties there may be. */
function createTypeCheck(
  environment: EnvironmentState,
  { schema, states }: EventRules,
  name: string,
): TypeCheck {
  const checks: TypeCheck[] = [];
  const rules = propertyRulesOf(name);
  if (schema !== null && rules !== undefined) checks.push(createSchemaCheck(environment, rules));
  if (states !== null && name === STATE_EVENT) checks.push(createStateCheck(environment, states));
  checks.push(createPropertyLimit(environment, name)); // last: only a row that passes may teach its type new properties
  return (draft) => {
    for (const check of checks) {
      const problem = check(draft);
      if (problem !== null) return problem;
    }
    return null;
  };
}

function createSchemaCheck(environment: EnvironmentState, rules: Record<string, PropertyRule>): TypeCheck {
  const declared = Object.entries(rules).map(([name, rule]) => ({
    name,
    id: environment.propertyId(name),
    isRequired: rule.required === true,
    problemOf: rule.type === 'text' ? textRule(environment, name, rule) : scalarRule(rule),
  }));
  return (draft) => {
    for (const { name, id, isRequired, problemOf } of declared) {
      const at = draft.indexOf(id);
      if (at === -1) {
        if (isRequired) return { reason: 'missing', field: name };
        continue;
      }
      const reason = problemOf(draft.kinds[at] ?? 0, draft.values[at] ?? 0);
      if (reason !== null) return { reason, field: name };
    }
    return null;
  };
}

type ValueCheck = (kind: number, value: number) => QuarantineReason | null;

function textRule(
  environment: EnvironmentState,
  name: string,
  { oneOf, required }: PropertyRule,
): ValueCheck {
  const dictionary = environment.dictionary(`p.${name}`);
  const isAllowed = textTest(dictionary, (text) => oneOf === undefined || oneOf.includes(text));
  const isEmpty = textTest(dictionary, (text) => text === '');
  return (kind, code) => {
    if (kind !== VALUE_KIND.text) return 'wrong-type';
    if (required === true && isEmpty(code)) return 'missing';
    return isAllowed(code) ? null : 'not-allowed';
  };
}

function scalarRule({ type, min = -Infinity, max = Infinity }: PropertyRule): ValueCheck {
  return (kind, value) => {
    if (type === 'boolean') return kind === VALUE_KIND.yes || kind === VALUE_KIND.no ? null : 'wrong-type';
    if (kind !== VALUE_KIND.number || (type === 'integer' && !Number.isInteger(value))) return 'wrong-type';
    return value < min || value > max ? 'not-allowed' : null;
  };
}

/** A reaction without a state is a matter of the schema; one with an unknown state is never kept. */
function createStateCheck(environment: EnvironmentState, states: ReadonlySet<string>): TypeCheck {
  const id = environment.propertyId(STATE_PROPERTY);
  const isKnown = textTest(environment.dictionary(`p.${STATE_PROPERTY}`), (text) => states.has(text));
  return (draft) => {
    const at = draft.indexOf(id);
    if (at === -1 || (draft.kinds[at] === VALUE_KIND.text && isKnown(draft.values[at] ?? 0))) return null;
    return { reason: 'unknown-state', field: STATE_PROPERTY };
  };
}

function createPropertyLimit(environment: EnvironmentState, eventType: string): TypeCheck {
  const names = environment.propertiesOf(eventType);
  let known = new Uint8Array(64); // by property id: 1 once this type has carried it
  return (draft) => {
    for (let i = 0; i < draft.properties; i++) {
      const id = draft.propertyIds[i] ?? 0;
      if (known[id] === 1) continue;
      const name = environment.propertyNames[id] ?? '';
      if (!names.has(name) && names.size >= MAX_PROPERTIES_PER_TYPE) {
        return { reason: 'too-many-properties', field: eventType };
      }
      names.add(name);
      if (id >= known.length) known = grownU8(known, id + 1);
      known[id] = 1;
    }
    return null;
  };
}

const UNJUDGED = 0;
const YES = 1;
const NO = 2;

/** Whether the text behind a code passes; each text is looked at once. */
function textTest(dictionary: ByteDictionary, test: (text: string) => boolean): (code: number) => boolean {
  let verdicts = new Uint8Array(64);
  return (code) => {
    if (code >= verdicts.length) verdicts = grownU8(verdicts, code + 1);
    const known = verdicts[code] ?? UNJUDGED;
    const verdict = known === UNJUDGED ? (test(dictionary.textOf(code)) ? YES : NO) : known;
    verdicts[code] = verdict;
    return verdict === YES;
  };
}
