import type { Draws } from './simulate-draws.ts';
import {
  createNoise,
  dailyShape,
  FIVE_MINUTES,
  HOUR_MS,
  placeEvents,
  type SeriesKind,
  windowsAround,
} from './simulate-events.ts';

const TWO_WEEKS = 4_032; // points of 5 minutes

/** Servers and machines: processors, disks, networks, requests, temperatures. */
export const MACHINE_KINDS: readonly SeriesKind[] = [
  { name: 'idle-cpu', copies: 5, simulate: idleCpu },
  { name: 'busy-cpu', copies: 4, simulate: busyCpu },
  { name: 'network', copies: 4, simulate: network },
  { name: 'disk', copies: 3, simulate: disk },
  { name: 'requests', copies: 2, simulate: requests },
  { name: 'room-temperature', copies: 1, simulate: roomTemperature },
  { name: 'machine-temperature', copies: 1, simulate: machineTemperature },
  { name: 'group-cpu', copies: 1, simulate: groupCpu },
  { name: 'key-hold', copies: 2, simulate: keyHold },
];

type Simulated = ReturnType<SeriesKind['simulate']>;

function finish(values: Float64Array, events: readonly number[], stepMs = FIVE_MINUTES): Simulated {
  return { values, stepMs, windows: windowsAround(events, values.length) };
}

/** Almost flat, rounded as monitors round, with regular small jobs; shifts and bursts are labelled. */
function idleCpu(draws: Draws): Simulated {
  const n = TWO_WEEKS;
  const level = draws.pick([0.1, 2, 20, 40]);
  const spread = level * draws.pick([0.01, 0.05, 0.15]);
  const digits = draws.pick([2, 3, 1]);
  const every = draws.pick([0, 12, 60, 288]);
  const values = new Float64Array(n);
  const noise = createNoise(draws, draws.pick([0, 0.3, 0.6]));
  for (let at = 0; at < n; at += 1) {
    let value = level + spread * noise();
    if (every > 0 && at % every === 5) value += level * draws.between(0.2, 0.6);
    if (draws.chance(0.0012)) value += level * draws.exponential(0.5); // odd, but nobody's concern
    values[at] = value;
  }
  const events = placeEvents(draws, n, draws.whole(1, 2));
  for (const at of events) {
    const kind = draws.pick(['shift', 'burst', 'spike', 'drop']);
    const size = level * draws.between(0.5, 3) + 6 * spread;
    const length = kind === 'shift' ? n : kind === 'spike' ? draws.whole(1, 3) : draws.whole(6, 80);
    for (let i = at; i < Math.min(n, at + length); i += 1)
      values[i] =
        kind === 'drop'
          ? (values[i] as number) * 0.3
          : (values[i] as number) + size * draws.between(0.8, 1.2);
  }
  return finish(rounded(values, digits), events);
}

/** Restless around a level; a change of level, of restlessness, or a fall to almost nothing is labelled. */
function busyCpu(draws: Draws): Simulated {
  const n = TWO_WEEKS;
  const level = draws.between(30, 90);
  const noise = createNoise(draws, draws.between(0.3, 0.95));
  const spread = draws.between(2, 10);
  const daily = draws.pick([0, 0, 10]);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] = level + daily * dailyShape((at % 288) / 288) + spread * noise();
  const events = placeEvents(draws, n, draws.whole(1, 3));
  for (const at of events) {
    const kind = draws.pick(['down', 'up', 'restless', 'spike', 'calm']);
    const length = kind === 'spike' ? draws.whole(1, 4) : draws.whole(24, 250);
    for (let i = at; i < Math.min(n, at + length); i += 1) {
      const value = values[i] as number;
      if (kind === 'down') values[i] = value * draws.between(0.2, 0.5);
      if (kind === 'up' || kind === 'spike') values[i] = value + 5 * spread;
      if (kind === 'restless') values[i] = level + (value - level) * 3.5;
      if (kind === 'calm') values[i] = level + (value - level) * 0.08;
    }
  }
  for (let at = 0; at < n; at += 1) values[at] = Math.max(0, Math.min(100, values[at] as number));
  return finish(rounded(values, 3), events);
}

/** Log-normal traffic with bursts of all sizes; the largest burst, or one that lasts, is labelled. */
function network(draws: Draws): Simulated {
  const n = draws.pick([TWO_WEEKS, TWO_WEEKS, 4_730]);
  const noise = createNoise(draws, draws.between(0, 0.8));
  const level = draws.pick([150, 40_000, 2e6]);
  const spread = draws.between(0.1, 0.7);
  const every = draws.pick([0, 0, 36, 288]);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    let value = level * Math.exp(spread * noise());
    if (every > 0 && at % every < 2) value *= 3;
    if (draws.chance(0.003)) value *= 1 + draws.exponential(2.5);
    values[at] = value;
  }
  const events = placeEvents(draws, n, draws.whole(1, 3));
  for (const at of events) {
    const length = draws.pick([1, 2, 5, 40, 150]);
    const factor = length > 20 ? draws.between(2.5, 5) : draws.between(8, 25);
    for (let i = at; i < Math.min(n, at + length); i += 1) values[i] = (values[i] as number) * factor;
  }
  return finish(rounded(values, 1), events);
}

/** Mostly nothing, with writes now and then; many more or much larger writes are labelled. */
function disk(draws: Draws): Simulated {
  const n = TWO_WEEKS;
  const share = draws.between(0.02, 0.4);
  const size = draws.pick([3e4, 5e6]);
  const values = new Float64Array(n);
  const write = (): number => size * Math.exp(0.6 * draws.normal());
  for (let at = 0; at < n; at += 1) values[at] = draws.chance(share) ? write() : 0;
  const events = placeEvents(draws, n, draws.whole(1, 3));
  for (const at of events) {
    const kind = draws.pick(['huge', 'many', 'none']);
    const length = kind === 'huge' ? draws.whole(1, 6) : draws.whole(40, 200);
    for (let i = at; i < Math.min(n, at + length); i += 1)
      values[i] = kind === 'none' ? 0 : write() * (kind === 'huge' ? 7 : 1.5);
  }
  return finish(rounded(values, 0), events);
}

/** Requests behind a balancer: overdispersed counts by the time of day. */
function requests(draws: Draws): Simulated {
  const n = TWO_WEEKS;
  const peak = draws.between(60, 200);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] = draws.negativeBinomial(5 + peak * dailyShape((at % 288) / 288), draws.between(3, 6));
  const events = placeEvents(draws, n, draws.whole(1, 2));
  for (const at of events) {
    const end = Math.min(n, at + draws.whole(1, 12));
    for (let i = at; i < end; i += 1) values[i] = (values[i] as number) + peak * draws.between(2, 4);
  }
  return finish(values, events);
}

/** A room over a year, by the hour: seasons, days, weather; a failing plant is labelled. */
function roomTemperature(draws: Draws): Simulated {
  const n = 7_267;
  const weather = createNoise(draws, 0.97);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] =
      70 +
      4 * Math.sin((2 * Math.PI * at) / 8_760) +
      2.5 * dailyShape((at % 24) / 24) +
      2.2 * weather() +
      0.4 * draws.normal();
  const events = placeEvents(draws, n, 2);
  for (const at of events)
    ramp(values, at, { length: draws.whole(24, 90), size: draws.pick([-1, -1, 1]) * draws.between(7, 12) });
  return finish(rounded(values, 4), events, HOUR_MS);
}

/** A part of a large machine: slow wandering, planned stops; deep falls are labelled, and what leads to them. */
function machineTemperature(draws: Draws): Simulated {
  const n = 22_695;
  const slow = createNoise(draws, 0.999);
  const quick = createNoise(draws, 0.9);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] = 88 + 6 * slow() + 1.5 * quick() + 2 * dailyShape((at % 288) / 288);
  const events = placeEvents(draws, n, 4);
  for (const at of events) ramp(values, at, { length: draws.whole(100, 500), size: -draws.between(15, 60) });
  return finish(rounded(values, 6), events);
}

/** Processors of a group with a daily load; a wrong setting that keeps it high is labelled. */
function groupCpu(draws: Draws): Simulated {
  const n = 18_050;
  const noise = createNoise(draws, 0.7);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] = Math.max(5, 25 + 30 * dailyShape((at % 288) / 288) + 8 * noise());
  const events = placeEvents(draws, n, 1);
  for (const at of events)
    for (let i = at; i < Math.min(n, at + 1_500); i += 1) values[i] = (values[i] as number) + 35;
  return finish(rounded(values, 2), events);
}

/** How somebody types: skewed times whose habit changes where another person takes over. */
function keyHold(draws: Draws): Simulated {
  const n = draws.pick([1_882, 5_315]);
  const values = new Float64Array(n);
  const habit = createNoise(draws, 0.98);
  for (let at = 0; at < n; at += 1) values[at] = 0.07 * Math.exp(0.5 * draws.normal() + 0.25 * habit());
  const events = placeEvents(draws, n, 2);
  for (const at of events) {
    const factor = draws.pick([0.45, 2.2]);
    for (let i = at; i < Math.min(n, at + 60); i += 1) values[i] = (values[i] as number) * factor;
  }
  return finish(values, events);
}

/** Falls (or rises) within a fifth of the length, stays restless, comes back within a fifth. */
function ramp(values: Float64Array, at: number, { length, size }: { length: number; size: number }): void {
  for (let i = at; i < Math.min(values.length, at + length); i += 1) {
    const share = (i - at) / length;
    values[i] = (values[i] as number) + size * Math.min(1, 5 * share, 5 * (1 - share));
  }
}

function rounded(values: Float64Array, digits: number): Float64Array {
  const factor = 10 ** digits;
  return values.map((value) => Math.round(value * factor) / factor);
}
