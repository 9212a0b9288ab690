const DAY_MS = 24 * 60 * 60 * 1000;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const DASH = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const COMMA = 0x2c;

/**
 * Milliseconds since 1970 of bytes[start, end): ISO 8601 with a zone (`2026-11-19T13:32:00.5+01:00`; `T` or a space,
 * seconds optional, fractions cut to milliseconds), or digits alone as epoch milliseconds. NaN for anything else,
 * also for a time without a zone.
 */
export function parseInstant(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 17 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH)
    return parseEpoch(bytes, start, end);
  const separator = bytes[start + 10] ?? 0;
  if (separator !== 0x54 && separator !== 0x74 && separator !== 0x20) return NaN; // T, t or a space
  if (bytes[start + 13] !== COLON) return NaN;
  const date = dateMs(digits(bytes, start, 4), digits(bytes, start + 5, 2), digits(bytes, start + 8, 2));
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  if (!(hour <= 23 && minute <= 59)) return NaN;
  let at = start + 16;
  let ms = date + (hour * 60 + minute) * 60_000;
  if (bytes[at] === COLON) {
    const second = digits(bytes, at + 1, 2);
    if (!(second <= 59)) return NaN;
    ms += second * 1000;
    at += 3;
    if (bytes[at] === DOT || bytes[at] === COMMA) {
      const first = ++at;
      for (let scale = 100; isDigit(bytes[at]); at++, scale = Math.floor(scale / 10)) {
        if (at < end) ms += ((bytes[at] ?? 0) - ZERO) * scale;
      }
      if (at === first || at > end) return NaN;
    }
  }
  return ms - zoneMs(bytes, at, end);
}

/** Milliseconds east of Greenwich for `Z`, `+01`, `+0100`, `+01:00`; NaN for anything else. */
function zoneMs(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at] ?? 0;
  const length = end - at;
  if (length === 1 && (sign === 0x5a || sign === 0x7a)) return 0; // Z, z
  if (sign !== PLUS && sign !== DASH) return NaN;
  const hours = digits(bytes, at + 1, 2);
  let minutes = 0;
  if (length === 5) minutes = digits(bytes, at + 3, 2);
  else if (length === 6 && bytes[at + 3] === COLON) minutes = digits(bytes, at + 4, 2);
  else if (length !== 3) return NaN;
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes) * 60_000;
}

function parseEpoch(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 1 || end - start > 15) return NaN;
  return digits(bytes, start, end - start);
}

/** NaN if one of them is no digit. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i++) {
    const byte = bytes[i];
    if (!isDigit(byte)) return NaN;
    value = value * 10 + ((byte ?? 0) - ZERO);
  }
  return value;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** Days from civil date; NaN for a day that no calendar has. Source: H. Hinnant, days_from_civil. */
function dateMs(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
