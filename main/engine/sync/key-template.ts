import { AppError } from '../../../shared/errors.ts';
import type { TimeSpan } from './time-span.ts';

const DATE_PARTS: Readonly<Record<string, { pattern: string; of: (iso: string) => string }>> = {
  '%Y': { pattern: String.raw`\d{4}`, of: (iso) => iso.slice(0, 4) },
  '%m': { pattern: String.raw`\d{2}`, of: (iso) => iso.slice(5, 7) },
  '%d': { pattern: String.raw`\d{2}`, of: (iso) => iso.slice(8, 10) },
  '%H': { pattern: String.raw`\d{2}`, of: (iso) => iso.slice(11, 13) },
};

/** A template in its parts: `${ENV}`, date parts, and the text between them. */
export const splitTemplate = (template: string): string[] =>
  template.split(/(\$\{ENV\}|%.)/).filter((part) => part !== '');

/** Throws for a date part that nobody knows. */
export function checkTemplate(template: string): void {
  for (const part of splitTemplate(template)) {
    if (!part.startsWith('%') || DATE_PARTS[part] !== undefined) continue;
    throw new AppError(
      'bad-input',
      `unknown part "${part}" in the key template "${template}"; expected %Y %m %d %H`,
    );
  }
}

/**
 * Whether a key begins as a template says (DATA §2): `${ENV}` is the source's environment, `%Y %m %d %H` are digits,
 * everything else stands for itself.
 */
export function keyMatcher(template: string, environment: string): (key: string) => boolean {
  checkTemplate(template);
  const pattern = splitTemplate(template)
    .map((part) => (part === '${ENV}' ? escaped(environment) : (DATE_PARTS[part]?.pattern ?? escaped(part))))
    .join('');
  const expression = new RegExp(`^${pattern}`);
  return (key) => expression.test(key);
}

/** The hour, day, month or year (UTC) that a key names by the date parts of a template; null: it names none. */
export type KeySpan = (key: string) => TimeSpan | null;

export function keySpan(template: string, environment: string): KeySpan {
  const named = new Set<string>();
  const pattern = splitTemplate(template)
    .map((part) => {
      const date = DATE_PARTS[part];
      if (date === undefined) return escaped(part === '${ENV}' ? environment : part);
      if (named.has(part)) return date.pattern;
      named.add(part);
      return `(?<${part.slice(1)}>${date.pattern})`;
    })
    .join('');
  if (!named.has('%Y')) return () => null;
  const expression = new RegExp(`^${pattern}`);
  return (key) => {
    const groups = expression.exec(key)?.groups;
    return groups === undefined ? null : spanOf(groups);
  };
}

const HOUR_MS = 3_600_000;

function spanOf({ Y, m, d, H }: Record<string, string | undefined>): TimeSpan | null {
  const year = Number(Y);
  const month = m === undefined ? 0 : Number(m) - 1;
  const day = m === undefined || d === undefined ? 1 : Number(d);
  const fromMs = Date.UTC(year, month, day);
  if (Number.isNaN(fromMs)) return null;
  if (m === undefined) return { fromMs, toMs: Date.UTC(year + 1, 0) };
  if (d === undefined) return { fromMs, toMs: Date.UTC(year, month + 1) };
  if (H === undefined) return { fromMs, toMs: fromMs + 24 * HOUR_MS };
  const hourMs = fromMs + Number(H) * HOUR_MS;
  return { fromMs: hourMs, toMs: hourMs + HOUR_MS };
}

/** The start of the keys of an instant, in UTC. */
export function renderTemplate(parts: readonly string[], environment: string, ms: number): string {
  const iso = new Date(ms).toISOString();
  return parts
    .map((part) => (part === '${ENV}' ? environment : (DATE_PARTS[part]?.of(iso) ?? part)))
    .join('');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
