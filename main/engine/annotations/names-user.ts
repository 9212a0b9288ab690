import type { Operation } from '../../../shared/annotations/operation.ts';

const WORD = /[\p{L}\p{N}_.:@-]+/gu;
const PIECE = /[\p{L}\p{N}_]+/gu;
const MAX_PIECES = 8; // of an id within a longer word, as in `<user>-<session>`; a UUID has 5
const MAX_ID_LENGTH = 128; // DATA §1

/** Every text anywhere in an operation's payload, names of unknown members included. */
export function textsOf({ fields, author }: Pick<Operation, 'fields' | 'author'>): string[] {
  const texts = [author];
  const open: unknown[] = [fields];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string' || typeof value === 'number') texts.push(String(value));
    else if (typeof value === 'object' && value !== null) {
      const members: unknown[] = Object.values(value);
      for (const member of members) if (member !== null) open.push(member);
      if (!Array.isArray(value)) texts.push(...Object.keys(value));
    }
  }
  return texts;
}

/** Whether a text names the user: the id stands in it and is not part of a longer one. */
export function textNamesUser(text: string, userId: string): boolean {
  for (let at = text.indexOf(userId); at !== -1; at = text.indexOf(userId, at + 1)) {
    if (!isWordPart(text[at - 1]) && !isWordPart(text[at + userId.length])) return true;
  }
  return false;
}

/** Also as part of an address, where some characters of the id are escaped. */
export function operationNamesUser(operation: Operation, userId: string): boolean {
  const spellings = [...new Set([userId, encodeURIComponent(userId.toWellFormed())])];
  return textsOf(operation).some((text) => spellings.some((spelling) => textNamesUser(text, spelling)));
}

/** Whether any of the texts holds an id that `isRefused` knows; only hashes of those ids may be left to compare with. */
export function namesRefusedUser(texts: readonly string[], isRefused: (userId: string) => boolean): boolean {
  return texts.some(
    (text) =>
      (text.length <= MAX_ID_LENGTH && isRefused(text)) || [...wordsOf(text)].some((word) => isRefused(word)),
  );
}

/** Every word, and every run of its pieces: an id may stand before a full stop or at the start of another id. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    const pieces = [...word.matchAll(PIECE)].map(({ index, 0: piece }) => ({
      from: index,
      to: index + piece.length,
    }));
    for (const [first, { from }] of pieces.entries()) {
      for (const { to } of pieces.slice(first, first + MAX_PIECES))
        if (to - from <= MAX_ID_LENGTH) words.add(word.slice(from, to));
    }
  }
  return words;
}

const isWordPart = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character);
