/** Text as a statement writes it. */
export const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

/** A name as a statement writes it. */
export const named = (name: string): string => `\`${name.replaceAll(/[\\`]/g, '\\$&')}\``;
