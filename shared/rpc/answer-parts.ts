import type { PackedAnswer } from '../query/packed.ts';
import { PART_TARGET_BYTES } from '../limits.ts';
import type { QueryPart } from './methods.ts';

export interface AnswerPart {
  meta: QueryPart;
  bin: Uint8Array;
  last: boolean;
}

/** The parts of `query.run`: the envelope rides with the first one; a table larger than a part is cut. Each part has
 *  bytes of its own, so that no lane copies more than it sends. An answer without tables is one empty part. */
export function* cutAnswer({ meta, tables }: PackedAnswer): Generator<AnswerPart> {
  const lastTable = Math.max(0, tables.length - 1);
  let isFirst = true;
  for (let table = 0; table <= lastTable; table++) {
    const bytes = tables[table] ?? new Uint8Array();
    let start = 0;
    do {
      const end = Math.min(bytes.byteLength, start + PART_TARGET_BYTES);
      const last = table === lastTable && end === bytes.byteLength;
      yield { meta: isFirst ? { answer: meta, table } : { table }, bin: bytes.slice(start, end), last };
      isFirst = false;
      start = end;
    } while (start < bytes.byteLength);
  }
}

/** The reverse, part by part; `clear` when the call starts over. */
export class AnswerCollector {
  #meta: PackedAnswer['meta'] = null;
  #pieces: Uint8Array[][] = [];

  add({ meta, bin }: Pick<AnswerPart, 'meta' | 'bin'>): void {
    if (meta.answer !== undefined) this.#meta = meta.answer as PackedAnswer['meta']; // unpacking checks every reference
    if (bin.byteLength > 0) (this.#pieces[meta.table] ??= []).push(bin);
  }

  clear(): void {
    this.#meta = null;
    this.#pieces = [];
  }

  packed(): PackedAnswer {
    return { meta: this.#meta, tables: this.#pieces.map(joined) };
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.byteLength;
  }
  return whole;
}
