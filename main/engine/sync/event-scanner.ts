import { ByteDictionary } from '../store/byte-dictionary.ts';
import { HASH_SEED, finishHash, hashStep } from '../store/byte-hash.ts';
import { type ByteView, viewBytes } from '../store/byte-view.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import { MAX_PROPERTIES_PER_EVENT } from '../store/event-draft.ts';
import { setEventId } from '../store/event-id.ts';
import { EVENT_COLUMNS, type EventColumnName } from '../../../shared/domain/events.ts';
import { type DecoderContext, type RowPlace, finishEvent } from './event-decoder.ts';
import type { FieldAction } from './field-plan.ts';
import { parseInstant } from './parse-instant.ts';
import { TOO_LONG, type PropertyColumn } from './value-encoder.ts';

// A state machine over bytes; long because cutting it further would cost the speed that it exists for.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const FIRST_TEXT = 0x20; // control characters are not allowed inside a JSON text
const WIDE_BYTES = 0x80808080 | 0; // set in bytes of characters that take several

/** What the scanner does with a field; numbers, because it asks for every field of every row. */
const DO = {
  drop: 0,
  id: 1,
  type: 2,
  ts: 3,
  received: 4,
  environment: 5,
  coded: 6,
  container: 7,
  property: 8,
};

interface FieldDoing {
  op: number;
  /** Of `coded`: index in CODED_COLUMNS. */
  column: number;
  /** Of `property`. */
  property: PropertyColumn | null;
}

/** The row is unusual: the JSON decoder takes it from the start. */
const UNUSUAL = -1;

const MAX_ID_BYTES = EVENT_COLUMNS.event_id.maxLength;
const MAX_EXACT_DIGITS = 15; // every integer of so many digits is a double
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => 10 ** power); // the exact ones
const MAX_KEYS = 4096; // names beyond are values spelled as names: not for the fast path

/**
 * Fills the draft straight from the bytes of one JSON row, looking only for what the plan allows. It takes the usual
 * row: one flat object, at most with one object of properties in it, no escapes in what is kept, every name once. For
 * anything else, and for whatever could be at fault, it declines and the JSON decoder decides; where it accepts, the
 * draft is the one that the decoder would have made.
 */
export class EventScanner {
  readonly #context: DecoderContext;
  readonly #environment: Uint8Array;
  readonly #mustNameEnvironment: boolean;
  readonly #top: KeyTable;
  readonly #inner: KeyTable;
  /** By property id: the last row that set it. */
  #propertyRows = new Int32Array(256);
  #row = 0;
  /** The last row that named its environment. */
  #environmentRow = 0;
  /** The number that `#readNumber` found. */
  #number = 0;

  constructor(context: DecoderContext, environment: { name: string; isGiven: boolean }) {
    this.#context = context;
    this.#environment = Buffer.from(environment.name);
    this.#mustNameEnvironment = !environment.isGiven;
    const { plan } = context;
    this.#top = new KeyTable((name) => this.#doingOf(plan.topLevel(name)));
    this.#inner = new KeyTable((name) => this.#doingOf(plan.inProperties(name)));
  }

  /** False: declined; the draft is in no defined state. */
  scan(source: ByteView, start: number, end: number, place: RowPlace): boolean {
    const { draft } = this.#context;
    this.#row++;
    draft.clear();
    if (source.bytes[start] !== OPEN) return false;
    if (this.#fields(this.#top, source, start + 1, end) !== end) return false;
    if (this.#mustNameEnvironment && this.#environmentRow !== this.#row) return false;
    finishEvent(place, this.#context);
    return true;
  }

  /** From behind `{` to behind `}`. */
  #fields(table: KeyTable, source: ByteView, from: number, end: number): number {
    const { bytes } = source;
    let i = skipBlanks(bytes, from, end);
    if (bytes[i] === CLOSE && i < end) return i + 1;
    let previous = 0;
    for (;;) {
      if (i >= end || bytes[i] !== QUOTE) return UNUSUAL;
      const keyStart = i + 1;
      let code = table.following(previous);
      i = code === 0 ? UNUSUAL : table.match(code, source, keyStart, end);
      if (i === UNUSUAL) {
        const keyEnd = endOfName(bytes, keyStart, end);
        code = keyEnd === UNUSUAL ? 0 : table.codeOf(source, keyStart, keyEnd);
        if (code === 0) return UNUSUAL;
        table.follow(previous, code);
        i = keyEnd + 1;
      }
      if (!table.mark(code, this.#row)) return UNUSUAL; // a name twice: the later one counts, the decoder knows how
      previous = code;
      if (bytes[i] !== COLON) i = skipBlanks(bytes, i, end);
      if (bytes[i] !== COLON) return UNUSUAL;
      i = this.#value(table.doing(code), source, skipBlanks(bytes, i + 1, end), end);
      if (i === UNUSUAL) return UNUSUAL;
      if (bytes[i] !== COMMA) i = skipBlanks(bytes, i, end);
      if (i >= end) return UNUSUAL;
      const byte = bytes[i];
      if (byte === CLOSE) return i + 1;
      if (byte !== COMMA) return UNUSUAL;
      i = skipBlanks(bytes, i + 1, end);
    }
  }

  #value(doing: FieldDoing, source: ByteView, at: number, end: number): number {
    if (at >= end) return UNUSUAL;
    const { bytes } = source;
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      return doing.op === DO.drop ? skipText(bytes, at + 1, end) : this.#text(doing, source, at + 1, end);
    }
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const next = this.#readNumber(bytes, at, end);
      return next !== UNUSUAL && this.#setNumber(doing) ? next : UNUSUAL;
    }
    if (byte === 0x6e) return isWord(bytes, at, end, NULL) ? at + NULL.length : UNUSUAL; // n
    if (byte === 0x74)
      return isWord(bytes, at, end, TRUE) && this.#setFlag(doing, true) ? at + TRUE.length : UNUSUAL;
    if (byte === 0x66)
      return isWord(bytes, at, end, FALSE) && this.#setFlag(doing, false) ? at + FALSE.length : UNUSUAL;
    return byte === OPEN && doing.op === DO.container
      ? this.#fields(this.#inner, source, at + 1, end)
      : UNUSUAL;
  }

  /** From behind the opening quote to behind the closing one, hashing on the way. */
  #text(doing: FieldDoing, source: ByteView, start: number, end: number): number {
    const { bytes, view } = source;
    let hash = HASH_SEED;
    let seen = 0;
    let i = start;
    for (const last = end - 4; i <= last; i += 4) {
      const word = view.getInt32(i, true);
      if (hasSpecialByte(word)) break;
      seen |= word;
      hash = hashStep(hash, word);
    }
    let tail = 0;
    let shift = 0;
    for (; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte < FIRST_TEXT) return UNUSUAL;
      seen |= byte;
      tail |= byte << shift;
      shift += 8;
    }
    if (i >= end) return UNUSUAL;
    if (shift > 0) hash = hashStep(hash, tail);
    const isWide = (seen & WIDE_BYTES) !== 0;
    return this.#setText(doing, source, start, i, finishHash(hash, i - start), isWide) ? i + 1 : UNUSUAL;
  }

  #setText(
    doing: FieldDoing,
    source: ByteView,
    start: number,
    end: number,
    hash: number,
    isWide: boolean,
  ): boolean {
    const { draft, encoder, plan } = this.#context;
    const { bytes } = source;
    switch (doing.op) {
      case DO.property: {
        const { property } = doing;
        if (property === null) return false;
        const code = encoder.propertyText(property, source, start, end, hash);
        return code === 0 || this.#setProperty(property, VALUE_KIND.text, code);
      }
      case DO.coded: {
        const code = encoder.codedColumn(doing.column, source, start, end, hash);
        draft.codes[doing.column] = code;
        return code !== TOO_LONG;
      }
      case DO.type:
        draft.event = encoder.eventTypeCode(source, start, end, hash);
        return draft.event !== TOO_LONG;
      case DO.id:
        if (isWide || end - start > MAX_ID_BYTES || start === end) return false;
        if (plan.eventId !== 'column') return true;
        draft.hasId = true;
        setEventId(draft.id, bytes, start, end);
        return true;
      case DO.ts:
        draft.tsMs = parseInstant(bytes, start, end);
        return !Number.isNaN(draft.tsMs);
      case DO.received:
        draft.receivedMs = parseInstant(bytes, start, end);
        return !Number.isNaN(draft.receivedMs);
      case DO.environment:
        if (end - start !== this.#environment.length || !isWord(bytes, start, end, this.#environment))
          return false;
        this.#environmentRow = this.#row;
        return true;
      default:
        return false;
    }
  }

  #setNumber(doing: FieldDoing): boolean {
    const { draft } = this.#context;
    if (doing.op === DO.property && doing.property !== null) {
      return this.#setProperty(doing.property, VALUE_KIND.number, this.#number);
    }
    if (doing.op === DO.ts) draft.tsMs = Math.floor(this.#number);
    else if (doing.op === DO.received) draft.receivedMs = Math.floor(this.#number);
    else return doing.op === DO.drop;
    return true;
  }

  #setFlag(doing: FieldDoing, value: boolean): boolean {
    if (doing.op !== DO.property || doing.property === null) return doing.op === DO.drop;
    return this.#setProperty(doing.property, value ? VALUE_KIND.yes : VALUE_KIND.no, 0);
  }

  #setProperty(property: PropertyColumn, kind: number, value: number): boolean {
    const { draft, encoder } = this.#context;
    const { id } = property;
    if (property.nameKinds.length > 0) encoder.countName(property);
    if (id >= this.#propertyRows.length) {
      const larger = new Int32Array(Math.max(id + 1, this.#propertyRows.length * 2));
      larger.set(this.#propertyRows);
      this.#propertyRows = larger;
    }
    if (this.#propertyRows[id] === this.#row || draft.properties === MAX_PROPERTIES_PER_EVENT) return false;
    this.#propertyRows[id] = this.#row;
    const at = draft.properties++;
    draft.propertyIds[at] = id;
    draft.kinds[at] = kind;
    draft.values[at] = value;
    return true;
  }

  /** A number as JSON writes it. Up to 15 digits without exponent it is computed exactly here, else by the language. */
  #readNumber(bytes: Uint8Array, at: number, end: number): number {
    const isNegative = bytes[at] === MINUS;
    let i = isNegative ? at + 1 : at;
    const first = i;
    let value = 0;
    for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + ((bytes[i] ?? 0) - ZERO);
    let digits = i - first;
    if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) return UNUSUAL;
    let fraction = 0;
    if (i < end && bytes[i] === DOT) {
      const point = ++i;
      for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + ((bytes[i] ?? 0) - ZERO);
      fraction = i - point;
      if (fraction === 0) return UNUSUAL;
      digits += fraction;
    }
    if (digits > MAX_EXACT_DIGITS || (i < end && isExponent(bytes[i])))
      return this.#readLongNumber(bytes, at, i, end);
    const size = fraction === 0 ? value : value / (POWERS_OF_TEN[fraction] ?? 1);
    this.#number = isNegative && size !== 0 ? -size : size;
    return i;
  }

  #readLongNumber(bytes: Uint8Array, start: number, from: number, end: number): number {
    let i = from;
    if (i < end && isExponent(bytes[i])) {
      i++;
      if (bytes[i] === PLUS || bytes[i] === MINUS) i++;
      const first = i;
      while (i < end && isDigit(bytes[i])) i++;
      if (i === first) return UNUSUAL;
    }
    this.#number =
      Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, i - start).toString('latin1')) + 0;
    return Number.isFinite(this.#number) ? i : UNUSUAL;
  }

  #doingOf(action: FieldAction): FieldDoing | null {
    if (action.kind === 'drop') return doing(DO.drop);
    if (action.kind === 'container') return doing(DO.container);
    if (action.kind === 'column') return columnDoing(action.column);
    const property = this.#context.encoder.property(action.name);
    return property === undefined ? null : { op: DO.property, column: 0, property };
  }
}

const doing = (op: number, column = 0): FieldDoing => ({ op, column, property: null });

function columnDoing(column: EventColumnName): FieldDoing {
  switch (column) {
    case 'event_id':
      return doing(DO.id);
    case 'event_type':
      return doing(DO.type);
    case 'ts':
      return doing(DO.ts);
    case 'received_at':
      return doing(DO.received);
    case 'environment':
      return doing(DO.environment);
    default:
      return doing(DO.coded, CODED_COLUMNS.indexOf(column));
  }
}

/** Field names seen so far, what to do with each, and which one tends to follow which. */
class KeyTable {
  readonly #names = new ByteDictionary();
  readonly #views: ByteView[] = [viewBytes(new Uint8Array(0))];
  readonly #doings: FieldDoing[] = [doing(DO.drop)];
  readonly #following = new Int32Array(MAX_KEYS + 1);
  readonly #rows = new Int32Array(MAX_KEYS + 1);
  readonly #decide: (name: string) => FieldDoing | null;

  constructor(decide: (name: string) => FieldDoing | null) {
    this.#decide = decide;
  }

  following(previous: number): number {
    return this.#following[previous] ?? 0;
  }

  follow(previous: number, code: number): void {
    this.#following[previous] = code;
  }

  doing(code: number): FieldDoing {
    return this.#doings[code] ?? doing(DO.drop);
  }

  /** False if this row has had the name before. */
  mark(code: number, row: number): boolean {
    if (this.#rows[code] === row) return false;
    this.#rows[code] = row;
    return true;
  }

  /** The place behind the closing quote if the bytes from `at` on are this name, else UNUSUAL. */
  match(code: number, source: ByteView, at: number, end: number): number {
    const own = this.#views[code];
    if (own === undefined) return UNUSUAL;
    const { length } = own.bytes;
    const behind = at + length;
    if (behind >= end || source.bytes[behind] !== QUOTE) return UNUSUAL;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (source.view.getInt32(at + i, true) !== own.view.getInt32(i, true)) return UNUSUAL;
    }
    for (; i < length; i++) if (source.bytes[at + i] !== own.bytes[i]) return UNUSUAL;
    return behind + 1;
  }

  /** 0: a name that the fast path does not take. */
  codeOf(source: ByteView, start: number, end: number): number {
    const known = this.#names.find(source, start, end);
    return known === 0 ? this.#learn(source, start, end) : known;
  }

  #learn(source: ByteView, start: number, end: number): number {
    if (this.#names.count >= MAX_KEYS) return 0;
    const name = source.bytes.slice(start, end);
    const decided = this.#decide(Buffer.from(name).toString('utf8'));
    if (decided === null) return 0;
    const code = this.#names.add(source, start, end);
    this.#views[code] = viewBytes(name);
    this.#doings[code] = decided;
    return code;
  }
}

/** Where a field's name ends; UNUSUAL if it has escapes or no end. */
function endOfName(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH || byte < FIRST_TEXT) return UNUSUAL;
  }
  return UNUSUAL;
}

/**
 * Whether one of four bytes is a quote, a backslash or a control character. (x − 0x01…) & ~x has the high bit set in
 * the lowest byte of x that is zero; a borrow can only set it above such a byte, so the answer as a whole is exact.
 */
function hasSpecialByte(word: number): boolean {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const found =
    ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word);
  return (found & WIDE_BYTES) !== 0;
}

const NULL = Buffer.from('null');
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

function isWord(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;
const isExponent = (byte: number | undefined): boolean => byte === 0x65 || byte === 0x45; // e, E

/** JSON's blanks only: space, tab, line feed, carriage return. */
function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break;
    i++;
  }
  return i;
}

/** From behind the opening quote to behind the closing one, by JSON's rules for escapes. */
function skipText(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i + 1;
    if (byte < FIRST_TEXT) return UNUSUAL;
    if (byte !== BACKSLASH) continue;
    i++;
    const escape = bytes[i] ?? 0;
    if (escape === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[i + digit])) return UNUSUAL;
      i += 4;
    } else if (!ESCAPES.includes(escape)) {
      return UNUSUAL;
    }
  }
  return UNUSUAL;
}

const ESCAPES = Buffer.from('"\\/bfnrt');

const isHexDigit = (byte: number | undefined): boolean =>
  byte !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(byte));
