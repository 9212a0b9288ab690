import { propertyRulesOf } from '../../shared/domain/events.ts';
import type { UnfitFields } from '../app/filters/bar-fields.ts';
import type { FilterField } from './address.ts';
import { eventLabel } from './event-names.ts';
import { FIELD_LABELS } from './names.ts';
import { FIELD_PROPERTY } from './question-parts.ts';

const OF_SOME_EVENTS: readonly FilterField[] = ['practice', 'master', 'state'];

/** Filters on a property that an event of the question is known not to have: they would leave none of it. */
export function unfitFields(eventTypes: readonly (string | null)[]): UnfitFields {
  return Object.fromEntries(
    OF_SOME_EVENTS.flatMap((field) => {
      const without = eventTypes.find((type) => type !== null && lacks(type, FIELD_PROPERTY[field]));
      return without === undefined
        ? []
        : [[field, `${eventLabel(without)} has no ${FIELD_LABELS[field].toLowerCase()}`]];
    }),
  );
}

/** Of a type that only the data knows, nothing is known. */
function lacks(eventType: string, property: string): boolean {
  const rules = propertyRulesOf(eventType);
  return rules !== undefined && !Object.hasOwn(rules, property);
}
