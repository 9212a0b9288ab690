/** A seeded stream of pseudo-random draws. The same seed and label give the same draws on every machine. */
export interface Random {
  /** 32 random bits. */
  bits: () => number;
  /** Uniform in [0, 1). */
  next: () => number;
  /** Whole number in [from, to], both included. */
  whole: (from: number, to: number) => number;
  chance: (probability: number) => boolean;
  pick: <T>(list: readonly T[]) => T;
  /** Index drawn in proportion to the weights. */
  weighted: (weights: readonly number[]) => number;
  /** Normal with mean 0 and deviation 1, cut at ±3. */
  normal: () => number;
  /** Log-normal around a median; `spread` is the deviation of the logarithm. */
  around: (median: number, spread: number) => number;
  exponential: (mean: number) => number;
  shuffled: <T>(list: readonly T[]) => T[];
}

const TWO_32 = 4_294_967_296;

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded from a hash of seed and label, so that every subject draws from a
 *  stream of its own: one more draw for chats leaves the practices as they were. */
export function createRandom(seed: number, label: string): Random {
  let a = hash(`${seed}/${label}/a`);
  let b = hash(`${seed}/${label}/b`);
  let c = hash(`${seed}/${label}/c`);
  let counter = 1;
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) bits(); // sfc32 needs about 12 rounds to mix its seed
  return drawsFrom(bits);
}

function drawsFrom(bits: () => number): Random {
  const next = (): number => bits() / TWO_32;
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]): T => itemAt(list, Math.floor(next() * list.length));
  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return Math.max(-3, Math.min(3, radius * Math.cos(2 * Math.PI * next())));
  };
  return {
    bits,
    next,
    whole,
    pick,
    normal,
    chance: (probability) => next() < probability,
    weighted: (weights) => weightedIndex(weights, next()),
    around: (median, spread) => median * Math.exp(spread * normal()),
    exponential: (mean) => -mean * Math.log(1 - next()),
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i -= 1) {
        const j = Math.floor(next() * (i + 1));
        [copy[i], copy[j]] = [itemAt(copy, j), itemAt(copy, i)];
      }
      return copy;
    },
  };
}

function weightedIndex(weights: readonly number[], share: number): number {
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i += 1) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

/** Element that must be there. */
export function itemAt<T>(list: readonly T[], index: number): T {
  if (index < 0 || index >= list.length)
    throw new RangeError(`no element ${index} in a list of ${list.length}`);
  return list[index] as T; // the bounds were checked; T itself may include undefined
}

/** FNV-1a with the murmur3 finisher, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 0;
}

/**
 * Systematic sampling: answers yes as often as the probabilities sum to (within one), each item with its own
 * probability. A day then shows the rate that it was given instead of that rate plus sampling noise.
 */
export function createQuota(start: number): (probability: number) => boolean {
  let carry = start;
  return (probability) => {
    carry += probability;
    if (carry < 1) return false;
    carry -= 1;
    return true;
  };
}
