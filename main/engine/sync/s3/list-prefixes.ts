import { checkTemplate, renderTemplate, splitTemplate } from '../key-template.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Prefixes that together hold every key that may begin as a template says. */
export interface KeyPrefixes {
  /** Of all of them. */
  whole: string;
  /** Of the days (months, years) that meet [fromMs, toMs]; null where the template has no dates. */
  between: (fromMs: number, toMs: number) => string[] | null;
}

export function keyPrefixes(template: string, environment: string): KeyPrefixes {
  checkTemplate(template);
  const parts = splitTemplate(template);
  const firstDate = parts.findIndex((part) => part.startsWith('%'));
  const head = renderTemplate(firstDate === -1 ? parts : parts.slice(0, firstDate), environment, 0);
  const dated = datedHead(parts);
  return {
    whole: head,
    between(fromMs, toMs) {
      if (dated === null) return null;
      const prefixes = new Set<string>();
      for (let ms = fromMs - (fromMs % DAY_MS); ms <= toMs; ms += DAY_MS)
        prefixes.add(renderTemplate(dated, environment, ms));
      return [...prefixes];
    },
  };
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
