import { createDraws, type Draws } from './simulate-draws.ts';
import { COUNT_KINDS } from './simulate-count-series.ts';
import { MACHINE_KINDS } from './simulate-machine-series.ts';
import { ROAD_KINDS } from './simulate-road-series.ts';
import { SYNTHETIC_KINDS } from './simulate-synthetic-series.ts';
import type { SeriesKind, SimulatedSeries } from './simulate-events.ts';

/** Every kind of general series, with how often it stands in a corpus. */
export const SERIES_KINDS: readonly SeriesKind[] = [
  ...MACHINE_KINDS,
  ...COUNT_KINDS,
  ...ROAD_KINDS,
  ...SYNTHETIC_KINDS,
];

const START_MS = Date.UTC(2026, 2, 2); // a Monday

/** A labelled corpus; every series draws from a stream of its own. */
export function simulateCorpus(seed: number, kinds = SERIES_KINDS): SimulatedSeries[] {
  return kinds.flatMap((kind) =>
    Array.from({ length: kind.copies }, (_, copy) => {
      const draws = createDraws(seed, `${kind.name}/${copy}`);
      const { values, stepMs, windows } = kind.simulate(draws);
      if (kind.isOdd !== false) addOddities(draws, values);
      const tsMs = Float64Array.from(values, (_value, at) => START_MS + at * stepMs);
      return { name: `${kind.name}/${copy}`, tsMs, values, windows };
    }),
  );
}

/** What real series hold besides: spells and spikes that nobody labelled, mostly smaller than what is labelled. */
function addOddities(draws: Draws, values: Float64Array): void {
  const n = values.length;
  const sorted = values.toSorted();
  const spread = ((sorted[Math.floor(0.9 * n)] as number) - (sorted[Math.floor(0.1 * n)] as number)) / 2;
  const floor = sorted[0] as number;
  for (let left = draws.poisson(3.5); left > 0; left -= 1) {
    const at = draws.whole(0, n - 1);
    const length = draws.pick([1, 1, 2, 6, 30, Math.floor(n / 40), Math.floor(n / 8)]);
    const size = spread * draws.exponential(length < 6 ? 1.6 : 0.7) * draws.pick([1, 1, -1]);
    for (let i = at; i < Math.min(n, at + length); i += 1)
      values[i] = Math.max(floor, (values[i] as number) + size);
  }
}
