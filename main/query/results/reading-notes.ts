const STATE_EVENT = 'reaction_captured';

/** States that a source reads as others: an answer that rests on reactions says so. */
export function readingNotes(
  readings: readonly { source: string; state: string; readAs: string }[],
  types: ReadonlySet<string> | null,
): string[] {
  if (types?.has(STATE_EVENT) !== true) return [];
  return readings.map(
    ({ source, state, readAs }) =>
      `${source}: the state "${state}", which no taxonomy version names, is read as "${readAs}"`,
  );
}
