import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { capitalise, eventLabel, uncapitalise, unitNames } from '../../state/event-names.ts';
import { filterInWords, lowerProperty } from '../../state/filter-words.ts';
import type { FunnelDefinition, FunnelExclusion } from '../../state/funnel-definition.ts';
import { stepName } from './columns.ts';

/** A definition as sentences: what the builder ends with, and what stands under the steps. */

const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
] as const;

/** "practice sessions, in order, within 1 hour". */
export function definitionInShort({ unit, order, window }: FunnelDefinition): string {
  const how = { ordered: 'in order', strict: 'in strict order', unordered: 'in any order' }[order];
  return `${unitNames(unit).many}, ${how}, within ${formatQuantity(window.value, window.unit)}`;
}

export function definitionInWords(definition: FunnelDefinition): string {
  const { unit, steps, window, holdConstant } = definition;
  const { one } = unitNames(unit);
  const [first] = steps;
  const within = `within ${formatQuantity(window.value, window.unit)} of ${uncapitalise(stepName(first))}`;
  const same =
    holdConstant.length === 0 ? '' : ` with the same ${joinWithAnd(holdConstant.map(lowerProperty))}`;
  return [
    `A ${one} converts when it ${passesInWords(definition)}${same} ${within}${exclusionsInWords(definition)}.`,
    ...optionalInWords(definition),
    ...firstTimesInWords(definition),
    attributionInWords(definition),
  ].join(' ');
}

function passesInWords({ steps, order }: FunnelDefinition): string {
  const required = steps.filter(({ optional }) => !optional).length;
  const all = required === 1 ? 'does the one step' : `goes through all ${numberInWords(required)} steps`;
  if (order === 'strict') return `${all} in order, with nothing else between them,`;
  return order === 'ordered' ? `${all} in order` : `${all} in any order`;
}

function exclusionsInWords({ exclusions, steps }: FunnelDefinition): string {
  const last = steps.length - 1;
  const parts = exclusions.map((exclusion) => {
    const { after, before = last } = exclusion;
    const isWhole = after === 0 && before === last;
    const where = isWhole
      ? 'on the way'
      : `between ${uncapitalise(stepName(steps[after]))} and ${uncapitalise(stepName(steps[before]))}`;
    return `no ${uncapitalise(exclusionName(exclusion))} ${where}`;
  });
  return parts.length === 0 ? '' : `, with ${joinWithAnd(parts)}`;
}

export const exclusionName = ({ event, anyOf, filters }: FunnelExclusion): string => {
  const name =
    anyOf === undefined
      ? eventLabel(event ?? null)
      : anyOf.map((each) => eventLabel(each.event ?? null)).join(' or ');
  const conditions = (filters ?? []).map(filterInWords);
  return conditions.length === 0 ? name : `${name} (${conditions.join(', ')})`;
};

function optionalInWords({ steps }: FunnelDefinition): string[] {
  const names = steps.filter(({ optional }) => optional).map(stepName);
  if (names.length === 0) return [];
  return [
    `${capitalise(joinWithAnd(names))} ${names.length === 1 ? 'is' : 'are'} optional and never blocks.`,
  ];
}

function firstTimesInWords({ steps }: FunnelDefinition): string[] {
  return steps.flatMap((step) => {
    if (step.first === undefined) return [];
    const which =
      step.first === 'ever'
        ? 'only as the first event of its type ever'
        : 'only the first time that it matches';
    return [`${stepName(step)} counts ${which}.`];
  });
}

function attributionInWords({ attribution }: FunnelDefinition): string {
  if (attribution === 'first') return 'A breakdown takes the value at the first step that has one*.';
  if (attribution === 'last') return 'A breakdown takes the value at the last step that has one.';
  if (attribution === 'each') return 'A breakdown runs on the steps of each value apart.';
  return `A breakdown takes the values at step ${attribution.step + 1}.`;
}

const numberInWords = (count: number): string => NUMBERS[count] ?? formatCount(count);

export function joinWithAnd(parts: readonly string[]): string {
  const [last, ...others] = parts.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} and ${last ?? ''}`;
}
