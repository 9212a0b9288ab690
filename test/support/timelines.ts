import { event } from './ask-events.ts';

/** A Monday; offsets of timelines count from here. */
export const START = '2026-03-02T10:00:00.000Z';

type Fields = Record<string, unknown>;
/**
 * Moments such as `click@90`, apart by spaces: an event type and when it came after START, in seconds, or with a unit, `m`,
 * `h`, `d` (24 hours); alone, or with fields that all of them carry (columns and properties alike).
 */
export type Done = string | readonly [moments: string, fields: Fields];

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What one user did, e.g. `person('u', 'opened@0 started@10', ['done@1h', { locale: 'en' }])`. Ids count up as written. */
export function person(userId: string, ...done: readonly Done[]): Fields[] {
  return done.flatMap((part) => {
    const [moments, fields] = typeof part === 'string' ? [part, {}] : part;
    return moments.split(' ').map((moment) => {
      const at = moment.lastIndexOf('@');
      return event(moment.slice(0, at), instant(moment.slice(at + 1)), { user_id: userId, ...fields });
    });
  });
}

/** The instant of an offset from START, e.g. `90`, `-1.5h`, `2d`; several add up: `1d+0.001`. */
export function instant(offset: string): string {
  const ms = offset.split('+').reduce((sum, part) => sum + partMs(part), 0);
  return new Date(Date.parse(START) + Math.round(ms)).toISOString();
}

function partMs(part: string): number {
  const [, amount, unit = 's'] = /^(-?[\d.]+)([smhd])?$/.exec(part) ?? [];
  const unitMs = UNIT_MS[unit];
  if (amount === undefined || unitMs === undefined) throw new RangeError(`no offset: "${part}"`);
  return Number(amount) * unitMs;
}

/** Every order of a short list. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
