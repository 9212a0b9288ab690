const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STEPS = [
  { unitMs: DAY_MS, unit: 'd', smallerMs: HOUR_MS, smaller: 'h' },
  { unitMs: HOUR_MS, unit: 'h', smallerMs: MINUTE_MS, smaller: 'min' },
  { unitMs: MINUTE_MS, unit: 'min', smallerMs: SECOND_MS, smaller: 's' },
] as const;

/** "9 s", "11 min 40 s", "2 h 10 min", "3 d 4 h": the two largest units, rounded to the smaller; a zero is left out. */
export function formatDuration(durationMs: number): string {
  const rounded = Math.max(0, durationMs);
  for (const { unitMs, unit, smallerMs, smaller } of STEPS) {
    const inSmaller = Math.round(rounded / smallerMs) * smallerMs;
    if (inSmaller < unitMs) continue;
    const whole = Math.floor(inSmaller / unitMs);
    const rest = Math.round((inSmaller - whole * unitMs) / smallerMs);
    return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
  }
  return `${Math.round(rounded / SECOND_MS)} s`;
}

/** Time that a query took: "38 ms", from a second on "1.2 s"; what rounds to nothing is "<1 ms". */
export function formatElapsed(elapsedMs: number): string {
  if (elapsedMs < 0.5) return '<1 ms';
  return elapsedMs < 999.5 ? `${Math.round(elapsedMs)} ms` : `${(elapsedMs / SECOND_MS).toFixed(1)} s`;
}
