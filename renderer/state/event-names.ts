/** Names of events, properties and units as a person reads them: taken from the data's own names, never from a list. */

/** "practice_opened" → "Practice opened"; null is any event. */
export const eventLabel = (eventType: string | null): string =>
  eventType === null ? 'Any event' : capitalise(inWords(eventType));

/** "app_version" → "App version". */
export const propertyLabel = (property: string): string => KNOWN[property] ?? capitalise(inWords(property));

const KNOWN: Readonly<Record<string, string>> = {
  app_version: 'Release',
  country_code: 'Country',
  practice_id: 'Practice',
  master_id: 'Master',
  practice_category: 'Category',
  acquisition_channel: 'Channel',
  practice_session_id: 'Practice session',
};

/** What is counted: a person, a session, or the value of a property. */
export interface UnitNames {
  one: string;
  many: string;
}

export function unitNames(unit: 'user' | 'session' | { property: string }): UnitNames {
  if (unit === 'user') return { one: 'person', many: 'people' };
  if (unit === 'session') return { one: 'session', many: 'sessions' };
  const one = inWords(unit.property.replace(/_id$/, ''));
  return { one, many: `${one}s` };
}

export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Only the first letter of a sentence is a capital, but "NPS" stays "NPS". */
export const uncapitalise = (text: string): string =>
  /^[A-Z][^A-Z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

const inWords = (name: string): string => name.replaceAll(/[_.]+/g, ' ').trim() || name;
