import { checkTemplate, renderTemplate, splitTemplate } from '../key-template.ts';
import type { TimeSpan } from '../time-span.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** Longer spans are listed by the day: fewer requests than one per hour. */
const BY_HOUR_MS = 6 * HOUR_MS;

/** Prefixes that together hold every key that may begin as a template says. */
export interface KeyPrefixes {
  /** Of all of them. */
  whole: string;
  /** Of the days (months, years) that meet [fromMs, toMs]; null where the template has no dates. */
  between: (fromMs: number, toMs: number) => string[] | null;
  /** Of a span, by the hour where it is short and the template names hours; `whole` where it has no dates. */
  within: (span: TimeSpan) => string[];
}

export function keyPrefixes(template: string, environment: string): KeyPrefixes {
  checkTemplate(template);
  const parts = splitTemplate(template);
  const firstDate = parts.findIndex((part) => part.startsWith('%'));
  const head = renderTemplate(firstDate === -1 ? parts : parts.slice(0, firstDate), environment, 0);
  const dated = datedHead(parts);
  const hourly = hourlyHead(parts);
  const every = (stepMs: number, named: readonly string[], fromMs: number, toMs: number): string[] => {
    const prefixes = new Set<string>();
    for (let ms = fromMs - (fromMs % stepMs); ms <= toMs; ms += stepMs)
      prefixes.add(renderTemplate(named, environment, ms));
    return [...prefixes];
  };
  const between = (fromMs: number, toMs: number): string[] | null =>
    dated === null ? null : every(DAY_MS, dated, fromMs, toMs);
  return {
    whole: head,
    between,
    within({ fromMs, toMs }) {
      if (hourly !== null && toMs - fromMs <= BY_HOUR_MS) return every(HOUR_MS, hourly, fromMs, toMs - 1);
      return between(fromMs, toMs - 1) ?? [head];
    },
  };
}

/** The template up to where it has named an hour of a day; null where it does not. */
function hourlyHead(parts: readonly string[]): string[] | null {
  const names = ['%Y', '%m', '%d', '%H'];
  if (!names.every((name) => parts.includes(name))) return null;
  return parts.slice(0, Math.max(...names.map((name) => parts.indexOf(name))) + 1);
}

/** The template up to where it has named a day, or as much of one as it names; null where it names no year. */
function datedHead(parts: readonly string[]): string[] | null {
  if (!parts.includes('%Y')) return null;
  const wanted = ['%Y', '%m', '%d'].filter((part) => parts.includes(part));
  const end = Math.max(...wanted.map((part) => parts.indexOf(part)));
  const head = parts.slice(0, end + 1);
  const hour = head.indexOf('%H'); // an hour before the day: only what stands before it is common to the day
  if (hour === -1) return head;
  return head.slice(0, hour).includes('%Y') ? head.slice(0, hour) : null;
}
