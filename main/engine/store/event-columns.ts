/** Text columns of an event that are stored as dictionary codes, in the order of a draft's `codes`. */
export const CODED_COLUMNS = [
  'user_id',
  'session_id',
  'app_version',
  'locale',
  'country_code',
  'platform',
  'plan',
] as const;
export type CodedColumn = (typeof CODED_COLUMNS)[number];

/** Their names in a segment. */
export const SEGMENT_NAME: Readonly<Record<CodedColumn, string>> = {
  user_id: 'user',
  session_id: 'session',
  app_version: 'app_version',
  locale: 'locale',
  country_code: 'country_code',
  platform: 'platform',
  plan: 'plan',
};

export const USER = CODED_COLUMNS.indexOf('user_id');

/** What a property's value is in one row. The order matters to nobody; 0 means that the row has none. */
export const VALUE_KIND = { none: 0, number: 1, no: 2, yes: 3, text: 4 } as const;
export type ValueKind = (typeof VALUE_KIND)[keyof typeof VALUE_KIND];
