import { EVENT_COLUMNS, type EventColumnName } from '../../../shared/domain/events.ts';
import { HASH_SEED, finishHash, hashStep } from '../store/byte-hash.ts';
import type { ByteView } from '../store/byte-view.ts';
import { CODED_COLUMNS, VALUE_KIND } from '../store/event-columns.ts';
import { type EventDraft, MAX_PROPERTIES_PER_EVENT } from '../store/event-draft.ts';
import { setEventId } from '../store/event-id.ts';
import { type DecoderContext, type RowPlace, finishEvent } from './event-decoder.ts';
import type { FieldAction } from './field-plan.ts';
import {
  CLOSE,
  COLON,
  COMMA,
  FALSE,
  MINUS,
  NULL,
  OPEN,
  QUOTE,
  TRUE,
  UNUSUAL,
  bytesBelow,
  endOfName,
  hasWideByte,
  isBlank,
  isWord,
  skipBlanks,
  skipText,
  specialBytes,
  startsWith,
} from './json-bytes.ts';
import { JsonNumberReader, isDigit } from './json-number.ts';
import { parseInstant } from './parse-instant.ts';
import { DO, type FieldTarget, type ScanField, ScanFields } from './scan-fields.ts';
import { TOO_LONG, type ValueEncoder } from './value-encoder.ts';
import { WrittenText } from './written-text.ts';

// A state machine over bytes; long because cutting it further would cost the speed that it exists for.

const MAX_ID_BYTES = EVENT_COLUMNS.event_id.maxLength;

/**
 * Fills the draft straight from the bytes of one JSON row, looking only for what the plan allows. It takes the usual
 * row: one flat object on one line, at most with one object of properties in it (also as a text that holds one), no
 * escapes in what is kept, every name once. For anything else, and for whatever could be at fault, it declines and the JSON decoder decides; where it
 * accepts, the draft is the one that the decoder would have made.
 */
export class EventScanner {
  readonly #context: DecoderContext;
  readonly #draft: EventDraft;
  readonly #encoder: ValueEncoder;
  readonly #environment: Uint8Array;
  readonly #mustNameEnvironment: boolean;
  readonly #top: ScanFields;
  readonly #inner: ScanFields;
  readonly #number = new JsonNumberReader();
  readonly #written = new WrittenText();
  /** By property id: the last row that set it. */
  #propertyRows = new Int32Array(256);
  #row = 0;
  /** The last row that named its environment. */
  #environmentRow = 0;

  constructor(context: DecoderContext, environment: { name: string; isGiven: boolean }) {
    const { plan, draft, encoder } = context;
    this.#context = context;
    this.#draft = draft;
    this.#encoder = encoder;
    this.#environment = Buffer.from(environment.name);
    this.#mustNameEnvironment = !environment.isGiven;
    this.#top = new ScanFields((name) => this.#targetOf(plan.topLevel(name)));
    this.#inner = new ScanFields((name) => this.#targetOf(plan.inProperties(name)));
  }

  /** The place behind the row that begins at `start`, not beyond `end`; UNUSUAL: declined, the draft is in no defined
   *  state. */
  scan(source: ByteView, start: number, end: number, place: RowPlace): number {
    this.#row++;
    this.#draft.clear();
    if (source.bytes[start] !== OPEN) return UNUSUAL;
    const behind = this.#fields(this.#top, source, start + 1, end);
    if (behind === UNUSUAL) return UNUSUAL;
    if (this.#mustNameEnvironment && this.#environmentRow !== this.#row) return UNUSUAL;
    finishEvent(place, this.#context);
    return behind;
  }

  /** From behind `{` to behind `}`. */
  #fields(fields: ScanFields, source: ByteView, from: number, end: number): number {
    const { bytes } = source;
    let i = skipBlanks(bytes, from, end);
    if (bytes[i] === CLOSE && i < end) return i + 1;
    for (let previous = fields.start; ;) {
      let field = previous.next;
      if (field !== null && startsWith(source, i, end, field.literal)) {
        i += field.literal.length;
      } else {
        if (i >= end || bytes[i] !== QUOTE) return UNUSUAL;
        const nameEnd = endOfName(bytes, i + 1, end);
        field = nameEnd === UNUSUAL ? null : fields.find(source, i + 1, nameEnd);
        if (field === null) return UNUSUAL;
        previous.next = field;
        i = skipBlanks(bytes, nameEnd + 1, end);
        if (i >= end || bytes[i] !== COLON) return UNUSUAL;
        i++;
      }
      if (field.row === this.#row) return UNUSUAL; // a name twice: the later one counts, and the decoder knows how
      field.row = this.#row;
      previous = field;
      if (isBlank(bytes[i])) i = skipBlanks(bytes, i, end);
      if (i >= end) return UNUSUAL;
      i = bytes[i] === QUOTE ? this.#text(field, source, i + 1, end) : this.#value(field, source, i, end);
      if (i === UNUSUAL) return UNUSUAL;
      if (bytes[i] !== COMMA) {
        i = skipBlanks(bytes, i, end);
        if (i < end && bytes[i] === CLOSE) return i + 1;
        if (i >= end || bytes[i] !== COMMA) return UNUSUAL;
      }
      i++;
      if (isBlank(bytes[i])) i = skipBlanks(bytes, i, end);
    }
  }

  /** An object of properties that is written as a text, with escapes. */
  #writtenFields(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === QUOTE) return start + 1; // an empty text holds nothing
    const behind = this.#written.read(bytes, start, end);
    if (behind === UNUSUAL) return UNUSUAL;
    const { source, length } = this.#written;
    const open = skipBlanks(source.bytes, 0, length);
    if (source.bytes[open] !== OPEN) return UNUSUAL;
    const close = this.#fields(this.#inner, source, open + 1, length);
    return close !== UNUSUAL && skipBlanks(source.bytes, close, length) === length ? behind : UNUSUAL;
  }

  /** Any value but a text. */
  #value(field: ScanField, source: ByteView, at: number, end: number): number {
    const { bytes } = source;
    const byte = bytes[at];
    if (byte === MINUS || isDigit(byte)) {
      const next = this.#number.read(bytes, at, end);
      return next !== UNUSUAL && this.#setNumber(field, this.#number.value) ? next : UNUSUAL;
    }
    if (isWord(bytes, at, end, NULL)) return at + NULL.length;
    if (isWord(bytes, at, end, TRUE)) return this.#setFlag(field, true) ? at + TRUE.length : UNUSUAL;
    if (isWord(bytes, at, end, FALSE)) return this.#setFlag(field, false) ? at + FALSE.length : UNUSUAL;
    return byte === OPEN && field.op === DO.container
      ? this.#fields(this.#inner, source, at + 1, end)
      : UNUSUAL;
  }

  /** From behind the opening quote to behind the closing one, hashing on the way. */
  #text(field: ScanField, source: ByteView, start: number, end: number): number {
    const { bytes, view } = source;
    const { op, dictionary } = field;
    if (op === DO.drop) return skipText(bytes, start, end);
    if (op === DO.container) return this.#writtenFields(bytes, start, end);
    let hash = HASH_SEED;
    let seen = 0;
    let i = start;
    for (const last = bytes.length - 4; ; i += 4) {
      if (i > last) return UNUSUAL; // so close to the end of the chunk that four bytes cannot be read at once
      const word = view.getInt32(i, true);
      const special = specialBytes(word);
      if (special !== 0) {
        const count = bytesBelow(special);
        if (count > 0) {
          const tail = word & ~(-1 << (count * 8));
          seen |= tail;
          hash = hashStep(hash, tail);
        }
        i += count;
        break;
      }
      seen |= word;
      hash = hashStep(hash, word);
    }
    if (i >= end || bytes[i] !== QUOTE) return UNUSUAL;
    if (dictionary === null)
      return this.#setPlain(field, bytes, start, i, hasWideByte(seen)) ? i + 1 : UNUSUAL;
    hash = finishHash(hash, i - start);
    let code = dictionary.find(source, start, i, hash);
    if (code === 0) code = this.#newCode(field, source, start, i, hash);
    if (op === DO.property) {
      return code === 0 || this.#setProperty(field, VALUE_KIND.text, code) ? i + 1 : UNUSUAL;
    }
    if (op === DO.coded) this.#draft.codes[field.index] = code;
    else this.#draft.event = code;
    return code === TOO_LONG ? UNUSUAL : i + 1;
  }

  #newCode(field: ScanField, source: ByteView, start: number, end: number, hash: number): number {
    if (field.property !== null) return this.#encoder.propertyText(field.property, source, start, end, hash);
    return field.op === DO.coded
      ? this.#encoder.codedColumn(field.index, source, start, end, hash)
      : this.#encoder.eventTypeCode(source, start, end, hash);
  }

  #setPlain(field: ScanField, bytes: Uint8Array, start: number, end: number, isWide: boolean): boolean {
    const draft = this.#draft;
    switch (field.op) {
      case DO.eventId:
        if (isWide || end - start > MAX_ID_BYTES || start === end) return false;
        if (this.#context.plan.eventId !== 'column') return true;
        draft.hasId = true;
        setEventId(draft.id, bytes, start, end);
        return true;
      case DO.ts:
        draft.tsMs = parseInstant(bytes, start, end);
        return !Number.isNaN(draft.tsMs);
      case DO.receivedAt:
        draft.receivedMs = parseInstant(bytes, start, end);
        return !Number.isNaN(draft.receivedMs);
      case DO.environment:
        this.#environmentRow = this.#row;
        return end - start === this.#environment.length && isWord(bytes, start, end, this.#environment);
      default:
        return false;
    }
  }

  #setNumber(field: ScanField, value: number): boolean {
    if (field.op === DO.property) return this.#setProperty(field, VALUE_KIND.number, value);
    if (field.op === DO.ts) this.#draft.tsMs = Math.floor(value);
    else if (field.op === DO.receivedAt) this.#draft.receivedMs = Math.floor(value);
    else return field.op === DO.drop;
    return true;
  }

  #setFlag(field: ScanField, value: boolean): boolean {
    if (field.op !== DO.property) return field.op === DO.drop;
    return this.#setProperty(field, value ? VALUE_KIND.yes : VALUE_KIND.no, 0);
  }

  /** False where the row has set it before, under another name or in the other object. */
  #setProperty({ index: id, property }: ScanField, kind: number, value: number): boolean {
    const draft = this.#draft;
    const at = draft.properties;
    if (id >= this.#propertyRows.length) this.#growPropertyRows(id);
    if (this.#propertyRows[id] === this.#row || at === MAX_PROPERTIES_PER_EVENT) return false;
    this.#propertyRows[id] = this.#row;
    draft.properties = at + 1;
    draft.propertyIds[at] = id;
    draft.kinds[at] = kind;
    draft.values[at] = value;
    if (property !== null && property.nameKinds.length > 0) this.#encoder.countName(property);
    return true;
  }

  #growPropertyRows(id: number): void {
    const larger = new Int32Array(Math.max(id + 1, this.#propertyRows.length * 2));
    larger.set(this.#propertyRows);
    this.#propertyRows = larger;
  }

  #targetOf(action: FieldAction): FieldTarget | null {
    if (action.kind === 'drop') return target(DO.drop);
    if (action.kind === 'container') return target(DO.container);
    if (action.kind === 'column') return this.#columnTarget(action.column);
    const property = this.#encoder.property(action.name);
    if (property === undefined) return null;
    return { op: DO.property, index: property.id, property, dictionary: property.text.dictionary };
  }

  #columnTarget(column: EventColumnName): FieldTarget {
    switch (column) {
      case 'event_id':
        return target(DO.eventId);
      case 'event_type':
        return { ...target(DO.eventType), dictionary: this.#encoder.environment.dictionary(column) };
      case 'ts':
        return target(DO.ts);
      case 'received_at':
        return target(DO.receivedAt);
      case 'environment':
        return target(DO.environment);
      default: {
        const dictionary = this.#encoder.environment.dictionary(column);
        return { op: DO.coded, index: CODED_COLUMNS.indexOf(column), property: null, dictionary };
      }
    }
  }
}

const target = (op: number): FieldTarget => ({ op, index: 0, property: null, dictionary: null });
