import { ByteDictionary } from '../store/byte-dictionary.ts';
import { type ByteView, viewBytes } from '../store/byte-view.ts';
import { COLON, type Literal, QUOTE, literalOf } from './json-bytes.ts';
import type { PropertyColumn } from './value-encoder.ts';

/** What the scanner does with a field; numbers, because it asks for every field of every row. */
export const DO = {
  drop: 0,
  eventId: 1,
  eventType: 2,
  ts: 3,
  receivedAt: 4,
  environment: 5,
  coded: 6,
  container: 7,
  property: 8,
} as const;

export interface FieldTarget {
  /** One of DO. */
  op: number;
  /** Of `coded`: index in CODED_COLUMNS; of `property`: its id. */
  index: number;
  property: PropertyColumn | null;
  /** Where texts of this field have their codes. */
  dictionary: ByteDictionary | null;
}

export interface ScanField extends FieldTarget {
  /** The name with quotes and colon, as it mostly stands in a row. */
  literal: Literal;
  /** The field that tends to come behind this one. */
  next: ScanField | null;
  /** The last row that had it. */
  row: number;
}

const MAX_NAMES = 4096; // names beyond are values spelled as names: not for the fast path

/** The fields of one kind of object that were seen so far, and which one tends to follow which. */
export class ScanFields {
  /** Stands before the first field of an object. */
  readonly start: ScanField;
  readonly #names = new ByteDictionary();
  readonly #fields: ScanField[] = [];
  readonly #decide: (name: string) => FieldTarget | null;

  /** `decide` says what to do with a name it has not been asked for before; null: the fast path declines. */
  constructor(decide: (name: string) => FieldTarget | null) {
    this.#decide = decide;
    this.start = fieldOf({ op: DO.drop, index: 0, property: null, dictionary: null }, new Uint8Array(1));
  }

  find(source: ByteView, start: number, end: number): ScanField | null {
    const code = this.#names.find(source, start, end);
    return code === 0 ? this.#learn(source, start, end) : (this.#fields[code] ?? null);
  }

  #learn(source: ByteView, start: number, end: number): ScanField | null {
    if (start === end || this.#names.count >= MAX_NAMES) return null;
    const name = source.bytes.slice(start, end);
    const target = this.#decide(Buffer.from(name).toString('utf8'));
    if (target === null) return null;
    const field = fieldOf(target, name);
    this.#fields[this.#names.add(source, start, end)] = field;
    return field;
  }
}

function fieldOf(target: FieldTarget, name: Uint8Array): ScanField {
  const literal = new Uint8Array([QUOTE, ...name, QUOTE, COLON]);
  const { op, index, property, dictionary } = target;
  return { op, index, property, dictionary, literal: literalOf(viewBytes(literal)), next: null, row: 0 };
}
