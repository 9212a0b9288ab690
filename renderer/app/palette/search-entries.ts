import { PALETTE_GROUPS, type PaletteEntry } from './palette-entry.ts';

const SHOWN_PER_GROUP = 7;
const SHOWN_UNASKED = 4; // without a word every group shows its first few, and the list fits without scrolling

/** What fits all words of the text, best first in each group; groups in fixed order: filter, dates, go, run. */
export function searchEntries(entries: readonly PaletteEntry[], text: string): PaletteEntry[] {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return PALETTE_GROUPS.flatMap((group) => {
    const own = entries.filter((entry) => entry.group === group);
    if (words.length === 0) return own.slice(0, SHOWN_UNASKED);
    return own
      .map((entry, index) => ({ entry, index, rank: rankOf(entry, words) }))
      .filter(({ rank }) => rank !== null)
      .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.index - b.index)
      .slice(0, SHOWN_PER_GROUP)
      .map(({ entry }) => entry);
  });
}

/** 0: the label begins with the words; 1: each begins a word of it; 2: within it; 3: found by its further words only. */
function rankOf({ label, detail = '', words: further = '' }: PaletteEntry, words: string[]): number | null {
  const name = plain(label);
  const all = `${name} ${plain(detail)} ${plain(further)}`;
  if (!words.every((word) => all.includes(word))) return null;
  if (name.startsWith(words.join(' '))) return 0;
  if (words.every((word) => beginsAWord(name, word))) return 1;
  return words.every((word) => name.includes(word)) ? 2 : 3;
}

const beginsAWord = (text: string, word: string): boolean => ` ${text}`.includes(` ${word}`);

/** Small letters without accents. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .trim();

/** Where the searched words stand in a label, to be printed bold; in order, without overlap. */
export function matchesIn(label: string, text: string): { from: number; to: number }[] {
  const small = label.toLowerCase();
  const found = text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => ({ from: small.indexOf(word), to: small.indexOf(word) + word.length }))
    .filter(({ from }) => from >= 0)
    .toSorted((a, b) => a.from - b.from);
  return found.filter((match, index) => index === 0 || match.from >= (found[index - 1]?.to ?? 0));
}
