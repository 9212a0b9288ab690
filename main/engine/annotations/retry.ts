const FIRST_DELAY_MS = 2_000;
const LAST_DELAY_MS = 15 * 60_000; // a source that comes back is noticed within a coffee break

/** How long to wait after so many failures in a row; `random` spreads devices that lost the source together. */
export function retryDelayMs(failures: number, random: () => number): number {
  const fullMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), LAST_DELAY_MS);
  return Math.round(fullMs * (0.5 + random() / 2));
}
