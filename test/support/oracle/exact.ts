/** Numbers without rounding on the way. */

/** The double nearest to the true sum: every double is an integer times a power of two, so BigInt holds them all. */
export function exactSum(numbers: readonly number[]): number {
  const total = numbers.reduce((sum, number) => sum + scaled(number), 0n);
  return unscaled(total);
}

/** Every finite double times 2^1074 is an integer. */
const SCALE_BITS = 1074;

function scaled(number: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, number);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return number < 0 ? -magnitude : magnitude;
}

/** Nearest double to `value` ÷ 2^1074, ties to even. */
function unscaled(value: bigint): number {
  if (value === 0n) return 0;
  const magnitude = value < 0n ? -value : value;
  const spareBits = Math.max(0, magnitude.toString(2).length - 53);
  const unit = 1n << BigInt(spareBits);
  const remainder = magnitude % unit;
  let kept = magnitude / unit;
  const half = unit / 2n;
  if (spareBits > 0 && (remainder > half || (remainder === half && kept % 2n === 1n))) kept += 1n;
  const number = timesPowerOfTwo(Number(kept), spareBits - SCALE_BITS);
  return value < 0n ? -number : number;
}

/** In two steps, as 2^-1074 is the smallest double and 2^-1075 already 0. */
const timesPowerOfTwo = (number: number, power: number): number =>
  number * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2));

/** Type 7: linear between the two nearest of the sorted values. */
export function quantile(numbers: readonly number[], q: number): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const lower = sorted[Math.floor(place)];
  const upper = sorted[Math.ceil(place)];
  if (lower === undefined || upper === undefined) return null;
  return lower + (upper - lower) * (place - Math.floor(place));
}

export function divide(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null || denominator === 0) return null;
  const quotient = numerator / denominator;
  return Number.isFinite(quotient) ? quotient : null;
}

const Z_95 = 1.959963984540054; // 97.5 % quantile of the normal distribution

/** Wilson score interval at 95 %; null without trials. */
export function wilson(successes: number, trials: number): { low: number; high: number } | null {
  if (trials === 0) return null;
  const share = successes / trials;
  const z2 = Z_95 * Z_95;
  const centre = share + z2 / (2 * trials);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  const low = (centre - spread) / (1 + z2 / trials);
  const high = (centre + spread) / (1 + z2 / trials);
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
