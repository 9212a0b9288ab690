import { textNamesUser } from '../annotations/names-user.ts';

/** A user who is being forgotten, and what stands in the place of the id where others' data names it. */
export interface ForgottenUser {
  userId: string;
  /** Hex of the keyed hash. */
  hash: string;
}

/**
 * Contract: finds ids of users within texts. An id counts where it stands by itself: not within a longer word. Spellings
 * that JSON or an address would give it count too.
 */
export interface UserNames {
  isNamedIn: (text: string) => boolean;
  /**
   * The ids in a text replaced by stand-ins of the same number of UTF-8 bytes; the text itself without any. `lead`:
   * with what they begin.
   */
  replacedIn: (text: string, lead?: string) => string;
  /** Whose ids stand in a text. */
  usersIn: (text: string) => string[];
}

const LEAD = '~'; // no id begins with it
const WORD = /[\p{L}\p{N}_]+/gu;
const MOST_SEARCHED_ONE_BY_ONE = 8;

interface Spelling {
  text: string;
  userId: string;
  standIn: string;
}

export function createUserNames(users: readonly ForgottenUser[]): UserNames {
  const spellings = users.flatMap(spellingsOf);
  const isFew = spellings.length <= MOST_SEARCHED_ONE_BY_ONE;
  const byFirstWord = isFew ? null : Map.groupBy(spellings, ({ text }) => text.match(WORD)?.[0] ?? '');
  const wordless = byFirstWord?.get('') ?? [];

  /** Those that may stand in a text: with many users, only those whose first word does. */
  function candidatesIn(text: string): readonly Spelling[] {
    if (byFirstWord === null) return spellings.filter((one) => text.includes(one.text));
    const found = new Set(wordless);
    for (const [word] of text.matchAll(WORD)) for (const one of byFirstWord.get(word) ?? []) found.add(one);
    return [...found];
  }

  const namedIn = (text: string): Spelling[] =>
    candidatesIn(text).filter((one) => textNamesUser(text, one.text));

  return {
    isNamedIn: (text) => namedIn(text).length > 0,
    usersIn: (text) => [...new Set(namedIn(text).map(({ userId }) => userId))],
    replacedIn: (text, lead = LEAD) =>
      namedIn(text)
        .sort((a, b) => b.text.length - a.text.length) // an id may be the start of another
        .reduce((result, one) => replaceWhole(result, one, lead), text),
  };
}

function spellingsOf({ userId, hash }: ForgottenUser): Spelling[] {
  const texts = new Set([
    userId,
    encodeURIComponent(userId.toWellFormed()),
    JSON.stringify(userId).slice(1, -1),
  ]);
  return [...texts].map((text) => ({ text, userId, standIn: standInOf(hash, Buffer.byteLength(text)) }));
}

/** As long as what it replaces, so that the files that hold it keep their layout. */
export const standInOf = (hash: string, bytes: number): string =>
  `${LEAD}${hash.repeat(Math.ceil(bytes / hash.length))}`.slice(0, bytes);

function replaceWhole(text: string, { text: id, standIn }: Spelling, lead: string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (at < from || !textNamesUser(surroundingsOf(text, at, id.length), id)) continue;
    result += text.slice(from, at) + lead + standIn.slice(1);
    from = at + id.length;
  }
  return result + text.slice(from);
}

const surroundingsOf = (text: string, at: number, length: number): string =>
  text.slice(Math.max(0, at - 1), at + length + 1);
