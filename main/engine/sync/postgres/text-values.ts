import type pg from 'pg';

/** Values as the server writes them, none made into something of the language. */
export const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;
