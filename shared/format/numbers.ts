/** Numbers as the screen shows them (DESIGN, Numbers). Minus is U+2212; the locale is that of the interface. */

const LOCALE = 'en-GB';
const MINUS = '\u2212';
/** What stands where a value is not defined. */
export const NOT_DEFINED = '–';

const plainFormats = new Map<number, Intl.NumberFormat>();

function fixed(decimals: number): Intl.NumberFormat {
  const known = plainFormats.get(decimals);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  plainFormats.set(decimals, made);
  return made;
}

/** `-0` and what rounds to it lose their sign. */
function signless(value: number, decimals: number): string {
  return fixed(decimals).format(Math.abs(value));
}

const isZeroText = (text: string): boolean => !/[1-9]/.test(text);

function withMinus(value: number, decimals: number): string {
  const text = signless(value, decimals);
  return value < 0 && !isZeroText(text) ? MINUS + text : text;
}

function withSign(value: number, decimals: number): string {
  const text = signless(value, decimals);
  if (isZeroText(text)) return text;
  return (value < 0 ? MINUS : '+') + text;
}

/** 176224 → "176,224". */
export const formatCount = (count: number): string => withMinus(count, 0);

const COMPACT_FROM = 10_000; // DESIGN: full below 10,000
const COMPACT_STEPS = [
  { from: 999_950_000, divisor: 1e9, unit: 'B' },
  { from: 999_950, divisor: 1e6, unit: 'M' },
  { from: COMPACT_FROM, divisor: 1e3, unit: 'k' },
] as const;

/** 9487 → "9,487", 12419 → "12.4k", 1_900_000 → "1.9M". */
export function formatCompact(count: number): string {
  const step = COMPACT_STEPS.find(({ from }) => Math.abs(count) >= from);
  return step === undefined ? formatCount(count) : withMinus(count / step.divisor, 1) + step.unit;
}

/** The same in running text: 1_400_000 → "1.4 M". */
export function formatSpacedCompact(count: number): string {
  return formatCompact(count).replace(/(?=[kMB]$)/, ' ');
}

/** A ratio 0..1 as "87.4%"; null is "–". */
export function formatRate(ratio: number | null, decimals = 1): string {
  return ratio === null ? NOT_DEFINED : `${withMinus(ratio * 100, decimals)}%`;
}

/** A ratio 0..1 as a bare percentage number for cells and ticks: "33". */
export function formatPercentNumber(ratio: number | null, decimals = 0): string {
  return ratio === null ? NOT_DEFINED : withMinus(ratio * 100, decimals);
}

/** A difference of two ratios in points: "−0.8 pp". */
export function formatPoints(difference: number | null, decimals = 1): string {
  return difference === null ? NOT_DEFINED : `${withSign(difference * 100, decimals)} pp`;
}

/** A signed difference in points without the unit, for axes: "+2". */
export function formatSignedPercentNumber(ratio: number, decimals = 0): string {
  return withSign(ratio * 100, decimals);
}

/** A relative change in %: "+1.3%". */
export function formatChange(ratio: number | null, decimals = 1): string {
  return ratio === null ? NOT_DEFINED : `${withSign(ratio * 100, decimals)}%`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units: 11_800_000_000 → "11.8 GB", 84_200_000 → "84 MB". */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const decimals = unit >= 2 && value < 20 ? 1 : 0;
  return `${withMinus(value, decimals)} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** "1 source", "2 sources". */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
