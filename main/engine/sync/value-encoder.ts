import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import { CODED_COLUMNS, type CodedColumn } from '../store/event-columns.ts';
import { scrubModeOfProperty } from './scrub-mode.ts';
import { type ScrubKind, type ScrubMode, scrubText } from './scrub.ts';

export interface EncoderEvents {
  onScrub: (column: string, kind: ScrubKind) => void;
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
  readonly environment: EnvironmentState;
  readonly #events: EncoderEvents;
  readonly #eventType: TextColumn;
  readonly #coded: TextColumn[];
  readonly #properties = new Map<string, PropertyColumn>();
  #scratch = new Uint8Array(FIRST_SCRATCH_BYTES);
  readonly #utf8 = new TextEncoder();

  constructor(environment: EnvironmentState, events: EncoderEvents) {
    this.environment = environment;
    this.#events = events;
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
  bytesOf(text: string): { bytes: Uint8Array; length: number } {
    if (this.#scratch.length < text.length * 3) this.#scratch = new Uint8Array(text.length * 3);
    const { written } = this.#utf8.encodeInto(text, this.#scratch);
    return { bytes: this.#scratch, length: written };
  }

  eventTypeCode(bytes: Uint8Array, start: number, end: number): number {
    return this.#code(this.#eventType, bytes, start, end);
  }

  /** The code of a text column's value; 0: missing (also an empty text), TOO_LONG. */
  codedColumn(index: number, bytes: Uint8Array, start: number, end: number): number {
    const column = this.#coded[index];
    return column === undefined ? 0 : this.#code(column, bytes, start, end);
  }

  /** The code of a property's text. A text that could be taken for a set of texts is marked as plain. */
  propertyText({ text }: PropertyColumn, bytes: Uint8Array, start: number, end: number): number {
    if (start === end || bytes[start] !== NUL) return this.#find(text, bytes, start, end);
    return this.#store(text, `\u0000s${this.#scrub(text, decode(bytes, start, end))}`);
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
    const stored = this.#scrubName(name);
    const mode = scrubModeOfProperty(stored);
    const dictionary = this.environment.dictionary(`p.${stored}`);
    const column: PropertyColumn = {
      id: this.environment.propertyId(stored),
      name: stored,
      text: { name: stored, mode, dictionary, maxLength: null },
    };
    this.#properties.set(name, column);
    return column;
  }

  #code(column: TextColumn, bytes: Uint8Array, start: number, end: number): number {
    return start === end ? 0 : this.#find(column, bytes, start, end);
  }

  #find(column: TextColumn, bytes: Uint8Array, start: number, end: number): number {
    const known = column.dictionary.find(bytes, start, end);
    return known === 0 ? this.#add(column, decode(bytes, start, end)) : known;
  }

  #add(column: TextColumn, text: string): number {
    if (column.maxLength !== null && text.length > column.maxLength) return TOO_LONG;
    const scrubbed = this.#scrub(column, text);
    // one stand-in for everybody would make one person of them: an identifier that names a person is left out
    if (scrubbed !== text && column.mode === 'identifier') return 0;
    return this.#store(column, scrubbed);
  }

  #store(column: TextColumn, text: string): number {
    const { bytes, length } = this.bytesOf(text);
    return column.dictionary.add(bytes, 0, length);
  }

  #scrub({ name, mode }: TextColumn, text: string): string {
    const found = text === '' ? null : scrubText(text, mode);
    if (found === null) return text;
    for (const kind of found.kinds) this.#events.onScrub(name, kind);
    return found.text;
  }

  #scrubName(name: string): string {
    const found = scrubText(name, 'text');
    if (found === null) return name;
    for (const kind of found.kinds) this.#events.onScrub('(property name)', kind);
    return found.text;
  }
}

const decode = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
