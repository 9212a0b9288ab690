import type { Period } from '../plan/period.ts';

const DAY_MS = 86_400_000;

/** Which days of the range rest on aggregates: events count there by type and dimension, and nobody is told apart. */
export function aggregateNotes(
  reducedDays: readonly { source: string; day: string }[],
  { startMs, endMs }: Pick<Period, 'startMs' | 'endMs'>,
): string[] {
  if (reducedDays.length === 0) return [];
  const inRange = reducedDays.filter(
    ({ day }) => Date.parse(day) + DAY_MS > startMs && Date.parse(day) < endMs,
  );
  return [...Map.groupBy(inRange, ({ source }) => source)].map(
    ([source, days]) =>
      `${source}: ${days.length} days from ${days[0]?.day ?? ''} to ${days.at(-1)?.day ?? ''} rest on aggregates: ` +
      'events count by type and dimension, users and sessions of them are not known',
  );
}
