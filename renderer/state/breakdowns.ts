import {
  EVENT_COLUMNS,
  FREE_TEXT_PROPERTIES,
  ID_PROPERTIES,
  propertyRulesOf,
} from '../../shared/domain/events.ts';
import type { BreakdownValue } from '../../shared/query/answer.ts';
import type { FilterField } from './address.ts';
import { propertyLabel } from './event-names.ts';
import type { BreakdownChoice } from './funnels-address.ts';
import { nameOf } from './names.ts';
import { FIELD_PROPERTY } from './question-parts.ts';
import type { EnvironmentInfo } from './session-store.ts';

/** What an answer can be broken down by: columns of every event, properties of these events, properties of people. */

const COLUMNS = ['app_version', 'locale', 'platform', 'country_code', 'plan'] as const;
const USER_PROPERTIES = ['plan', 'acquisition_channel', 'country_code'] as const;
const UNSUITED = new Set<string>([...ID_PROPERTIES, ...FREE_TEXT_PROPERTIES]);

export function breakdownChoices(eventTypes: readonly (string | null)[]): BreakdownChoice[] {
  return [
    ...[...COLUMNS, ...sharedProperties(eventTypes)].map((property) => ({
      source: 'event' as const,
      property,
    })),
    ...USER_PROPERTIES.map((property) => ({ source: 'user' as const, property })),
  ];
}

/** Properties that any of the known event types has. */
export function sharedProperties(eventTypes: readonly (string | null)[]): string[] {
  const names = eventTypes.flatMap((type) =>
    Object.keys((type === null ? undefined : propertyRulesOf(type)) ?? {}),
  );
  return [...new Set(names)].filter((name) => !UNSUITED.has(name));
}

/** Identifiers that every one of the event types is known to carry: of runs, threads, messages. */
export const commonIdentifiers = (eventTypes: readonly (string | null)[]): string[] =>
  [...ID_PROPERTIES].filter((property) =>
    eventTypes.every((type) => type !== null && Object.hasOwn(propertyRulesOf(type) ?? {}, property)),
  );

/** Columns that a filter or a breakdown can name, besides the properties of the event. */
export const FILTER_COLUMNS: readonly string[] = [
  ...COLUMNS,
  ...Object.keys(EVENT_COLUMNS).filter(
    (column) =>
      !COLUMNS.some((known) => known === column) &&
      !['event_id', 'ts', 'received_at', 'environment', 'event_type'].includes(column),
  ),
];

export const breakdownLabel = ({ source, property }: BreakdownChoice): string =>
  source === 'user' ? `${propertyLabel(property)} of the person` : propertyLabel(property);

/** What a value is called: names come from the data. */
export function breakdownValueName(
  value: BreakdownValue,
  { property }: BreakdownChoice,
  environment: EnvironmentInfo,
): string {
  if (Array.isArray(value)) return value.map((each) => each ?? '(none)').join(', ');
  if (value === null) return '(none)';
  const field = Object.entries(FIELD_PROPERTY).find(([, each]) => each === property)?.[0];
  return isFilterField(field) ? nameOf(field, value, environment) : value;
}

const isFilterField = (field: string | undefined): field is FilterField =>
  field !== undefined && Object.hasOwn(FIELD_PROPERTY, field);
