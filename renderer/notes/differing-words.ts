export interface Words {
  words: string;
  isDifferent: boolean;
}

const MOST_WORDS = 1_500; // beyond it the comparison would take longer than a reader's glance

/** A text in pieces, those marked that another text does not have (longest common subsequence of words). */
export function differingWords(text: string, other: string): Words[] {
  const [own, theirs] = [text.split(/(?<=\s)/), other.split(/(?<=\s)/)];
  if (own.length > MOST_WORDS || theirs.length > MOST_WORDS) return [{ words: text, isDifferent: false }];
  const common = commonLengths(own, theirs);
  const pieces: Words[] = [];
  for (let at = 0, there = 0; at < own.length;) {
    const word = own[at] ?? '';
    const isCommon = there < theirs.length && sameWord(word, theirs[there] ?? '');
    const skipTheirs =
      there < theirs.length && lengthAt(common, at, there + 1) > lengthAt(common, at + 1, there);
    if (!isCommon && skipTheirs) there++;
    else {
      push(pieces, { words: word, isDifferent: !isCommon });
      at++;
      if (isCommon) there++;
    }
  }
  return pieces;
}

/** Length of the longest common subsequence of what follows each pair of places. */
function commonLengths(own: readonly string[], theirs: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: own.length + 1 }, () => new Uint16Array(theirs.length + 1));
  for (let at = own.length - 1; at >= 0; at--)
    for (let there = theirs.length - 1; there >= 0; there--) {
      const row = rows[at];
      if (row === undefined) continue;
      row[there] = sameWord(own[at] ?? '', theirs[there] ?? '')
        ? lengthAt(rows, at + 1, there + 1) + 1
        : Math.max(lengthAt(rows, at + 1, there), lengthAt(rows, at, there + 1));
    }
  return rows;
}

const lengthAt = (rows: readonly Uint16Array[], at: number, there: number): number => rows[at]?.[there] ?? 0;

const sameWord = (a: string, b: string): boolean => a.trim() === b.trim();

function push(pieces: Words[], piece: Words): void {
  const last = pieces.at(-1);
  if (last?.isDifferent === piece.isDifferent) last.words += piece.words;
  else pieces.push(piece);
}
