import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import { type ByteView, viewBytes } from '../store/byte-view.ts';
import { CODED_COLUMNS, type CodedColumn } from '../store/event-columns.ts';
import { scrubModeOfProperty } from './scrub-mode.ts';
import { type ScrubKind, type ScrubMode, scrubText } from './scrub.ts';

/** What encoding needs of an environment. */
export interface EncodedEnvironment {
  readonly propertyNames: readonly string[];
  dictionary: (column: string) => ByteDictionary;
  propertyId: (name: string) => number;
}

export interface ScrubbedValue {
  column: string;
  kind: ScrubKind;
}

/** A text that is too long to be stored. */
export const TOO_LONG = -1;

interface TextColumn {
  name: string;
  mode: ScrubMode;
  dictionary: ByteDictionary;
  /** UTF-16 units; null: no limit. */
  maxLength: number | null;
}

export interface PropertyColumn {
  id: number;
  /** What was replaced in its name. */
  nameKinds: readonly ScrubKind[];
  name: string;
  text: TextColumn;
}

const MODE_BY_COLUMN: Readonly<Record<CodedColumn, ScrubMode>> = {
  user_id: 'identifier',
  session_id: 'identifier',
  app_version: 'label',
  locale: 'label',
  country_code: 'label',
  platform: 'label',
  plan: 'label',
};

const FIRST_SCRATCH_BYTES = 4096;
const MAX_PROPERTY_NAMES = 20_000; // per environment; names beyond are values spelled as names
const NUL = 0;

/**
 * Turns texts into dictionary codes. A value that the dictionary knows was scrubbed when it came first, so the scrub
 * costs only what is new. Every new text is decoded and encoded again, so invalid UTF-8 has one spelling.
 */
export class ValueEncoder {
  readonly environment: EncodedEnvironment;
  /** What was replaced since the caller last emptied this list: a row may be decoded twice but counts once. */
  readonly scrubbed: ScrubbedValue[] = [];
  readonly #eventType: TextColumn;
  readonly #coded: TextColumn[];
  readonly #properties = new Map<string, PropertyColumn>();
  #scratch = viewBytes(new Uint8Array(FIRST_SCRATCH_BYTES));
  readonly #utf8 = new TextEncoder();

  constructor(environment: EncodedEnvironment) {
    this.environment = environment;
    const column = (name: CodedColumn | 'event_type', mode: ScrubMode): TextColumn => ({
      name,
      mode,
      dictionary: environment.dictionary(name),
      maxLength: EVENT_COLUMNS[name].maxLength,
    });
    this.#eventType = column('event_type', 'label');
    this.#coded = CODED_COLUMNS.map((name) => column(name, MODE_BY_COLUMN[name]));
  }

  /** UTF-8 bytes of a text in memory that the next call reuses, and their number. */
  bytesOf(text: string): { source: ByteView; length: number } {
    if (this.#scratch.bytes.length < text.length * 3)
      this.#scratch = viewBytes(new Uint8Array(text.length * 3));
    const { written } = this.#utf8.encodeInto(text, this.#scratch.bytes);
    return { source: this.#scratch, length: written };
  }

  eventTypeCode(source: ByteView, start: number, end: number, hash?: number): number {
    return this.#code(this.#eventType, source, start, end, hash);
  }

  /** The code of a text column's value; 0: missing (also an empty text), TOO_LONG. */
  codedColumn(index: number, source: ByteView, start: number, end: number, hash?: number): number {
    const column = this.#coded[index];
    return column === undefined ? 0 : this.#code(column, source, start, end, hash);
  }

  /** The code of a property's text. A text that could be taken for a set of texts is marked as plain. */
  propertyText(
    { text }: PropertyColumn,
    source: ByteView,
    start: number,
    end: number,
    hash?: number,
  ): number {
    if (start === end || source.bytes[start] !== NUL) return this.#find(text, source, start, end, hash);
    return this.#store(text, `\u0000s${this.#scrub(text, decode(source.bytes, start, end))}`);
  }

  /** The code of a set of texts: each once, sorted. */
  propertySet({ text }: PropertyColumn, values: readonly string[]): number {
    const scrubbed = values.map((value) => this.#scrub(text, value));
    return this.#store(text, `\u0000[${JSON.stringify([...new Set(scrubbed)].sort())}`);
  }

  /** Where values of a property go; undefined once there are too many names. */
  property(name: string): PropertyColumn | undefined {
    const known = this.#properties.get(name);
    if (known !== undefined) return known;
    if (this.environment.propertyNames.length >= MAX_PROPERTY_NAMES) return undefined;
    const { text: stored, kinds: nameKinds } = scrubText(name, 'text') ?? { text: name, kinds: [] };
    const column: PropertyColumn = {
      id: this.environment.propertyId(stored),
      nameKinds,
      name: stored,
      text: {
        name: stored,
        mode: scrubModeOfProperty(stored),
        dictionary: this.environment.dictionary(`p.${stored}`),
        maxLength: null,
      },
    };
    this.#properties.set(name, column);
    return column;
  }

  /** Counts what was replaced in the name of a property that a row has set. */
  countName({ nameKinds }: PropertyColumn): void {
    for (const kind of nameKinds) this.scrubbed.push({ column: '(property name)', kind });
  }

  #code(column: TextColumn, source: ByteView, start: number, end: number, hash?: number): number {
    return start === end ? 0 : this.#find(column, source, start, end, hash);
  }

  #find(column: TextColumn, source: ByteView, start: number, end: number, hash?: number): number {
    const known = column.dictionary.find(source, start, end, hash);
    return known === 0 ? this.#add(column, decode(source.bytes, start, end)) : known;
  }

  #add(column: TextColumn, text: string): number {
    if (column.maxLength !== null && text.length > column.maxLength) return TOO_LONG;
    const scrubbed = this.#scrub(column, text);
    // one stand-in for everybody would make one person of them: an identifier that names a person is left out
    if (scrubbed !== text && column.mode === 'identifier') return 0;
    return this.#store(column, scrubbed);
  }

  #store(column: TextColumn, text: string): number {
    const { source, length } = this.bytesOf(text);
    return column.dictionary.add(source, 0, length);
  }

  #scrub({ name, mode }: TextColumn, text: string): string {
    const found = text === '' ? null : scrubText(text, mode);
    if (found === null) return text;
    for (const kind of found.kinds) this.scrubbed.push({ column: name, kind });
    return found.text;
  }
}

const decode = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
