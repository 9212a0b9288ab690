import type { Anchor } from '../annotations/anchor.ts';
import { toLocalDate } from '../format/local-time.ts';
import { type MaskedRow, type MaskedTable, type Masking, maskText } from './small-groups.ts';

/** A note as it leaves with the tile that it is pinned to, under the number that it has on screen. */
export interface ExportedNote {
  number: number;
  anchor: Anchor;
  /** What it is pinned to, in words. */
  place: string;
  /** All that stands: several where a conflict is not settled. */
  titles: readonly string[];
  bodies: readonly string[];
  /** The number that it discusses, in words; empty: none. */
  figure: string;
  /** Who, when, what kind, tags, replies, how far it has travelled. */
  facts: readonly string[];
}

/** The words of a note below a picture or above a table. */
export interface Footnote {
  number: number;
  title: string;
  body: string;
  facts: string;
  /** Its words stay here, because the group behind its row is too small to leave. */
  isMasked: boolean;
}

export interface NotedMasking extends Masking {
  /** In the order of their numbers. */
  footnotes: Footnote[];
}

/** Puts the numbers of notes at their rows, and their words below. A note on a masked row keeps its number only: who wrote
 *  it saw what is left out. */
export function withNotes(
  { tables, masked }: Masking,
  notes: readonly ExportedNote[],
  zone: string,
): NotedMasking {
  const numbersByRow = new Map<MaskedRow, number[]>();
  const footnotes = notes
    .toSorted((a, b) => a.number - b.number)
    .map((note) => {
      const rows = rowsOf(note.anchor, tables, zone);
      for (const row of rows) numbersByRow.set(row, [...(numbersByRow.get(row) ?? []), note.number]);
      return rows.some(({ isMasked }) => isMasked) ? maskedFootnote(note) : footnote(note);
    });
  const noted = (row: MaskedRow): MaskedRow => {
    const noteNumbers = numbersByRow.get(row);
    return noteNumbers === undefined ? row : { ...row, noteNumbers };
  };
  return { masked, footnotes, tables: tables.map((table) => ({ ...table, rows: table.rows.map(noted) })) };
}

/** One line per note. */
export const footnoteLine = ({ number, title, body, facts }: Footnote): string =>
  `Note ${number}: ${[title, body].filter(Boolean).join(': ')}${facts === '' ? '' : ` (${facts})`}`;

/** The rows of the first table that knows the place; none: the note is about all of them. */
function rowsOf(anchor: Anchor, tables: readonly MaskedTable[], zone: string): MaskedRow[] {
  for (const table of tables) {
    const isAt = placeTest(anchor, table, zone);
    const rows = table.rows.filter((row) => keyOf(table, row, 'period') !== 'previous' && isAt(row));
    if (rows.length > 0) return rows;
  }
  return [];
}

const NOWHERE = () => false;

function placeTest(anchor: Anchor, table: MaskedTable, zone: string): (row: MaskedRow) => boolean {
  switch (anchor.kind) {
    case 'view':
      return NOWHERE;
    case 'instant':
      return daysTest(table, { from: dayOf(anchor.at, zone), to: dayOf(anchor.at, zone) }, zone);
    case 'range':
      return daysTest(table, { from: dayOf(anchor.from, zone), to: dayOf(anchor.to, zone) }, zone);
    case 'funnel_step':
      return (row) => keyOf(table, row, 'step') === String(anchor.step + 1);
    case 'retention_row':
      return (row) => cohortOf(table, row, zone) === dayOf(anchor.cohort, zone);
    case 'retention_cell':
      return (row) =>
        cohortOf(table, row, zone) === dayOf(anchor.cohort, zone) &&
        keyOf(table, row, 'column') === String(anchor.period);
    case 'practice':
    case 'master':
      return (row) => namesAll(table, row, [anchor.id]);
    case 'series':
      return (row) => namesAll(table, row, [anchor.value].flat());
  }
}

/** Buckets that hold a day of the range: the one that begins last before it, and those that begin within it. */
function daysTest(
  table: MaskedTable,
  { from, to }: { from: string; to: string },
  zone: string,
): (row: MaskedRow) => boolean {
  const days = [...new Set(table.rows.map((row) => bucketDay(table, row, zone)))];
  const first = days
    .filter((day) => day !== null && day <= from)
    .sort()
    .at(-1);
  return (row) => {
    const day = bucketDay(table, row, zone);
    return day !== null && day >= (first ?? from) && day <= to;
  };
}

function bucketDay(table: MaskedTable, row: MaskedRow, zone: string): string | null {
  const start = keyOf(table, row, 'bucket');
  return start === null || Number.isNaN(Date.parse(start)) ? null : dayOf(start, zone);
}

function cohortOf(table: MaskedTable, row: MaskedRow, zone: string): string | null {
  const start = keyOf(table, row, 'cohort');
  return start === null ? null : dayOf(start, zone);
}

const dayOf = (dateOrInstant: string, zone: string): string =>
  dateOrInstant.length === 10 ? dateOrInstant : toLocalDate(dateOrInstant, zone);

function keyOf({ keyColumns }: MaskedTable, { keys }: MaskedRow, column: string): string | null {
  const at = keyColumns.indexOf(column);
  return at < 0 ? null : (keys[at] ?? null);
}

const TIME_COLUMNS = new Set(['period', 'bucket']);

function namesAll(
  { keyColumns }: MaskedTable,
  { keys }: MaskedRow,
  values: readonly (string | null)[],
): boolean {
  const names = keys.filter((_, column) => !TIME_COLUMNS.has(keyColumns[column] ?? ''));
  return values.length > 0 && values.every((value) => names.includes(value ?? 'not set'));
}

const footnote = ({ number, place, titles, bodies, figure, facts }: ExportedNote): Footnote => ({
  number,
  title: oneLine(sidesOf(titles)),
  body: oneLine(sidesOf(bodies)),
  facts: oneLine([place, figure, ...facts].filter(Boolean).join(', ')),
  isMasked: false,
});

const maskedFootnote = ({ number, place }: ExportedNote): Footnote => ({
  number,
  title: `left out, it is about ${maskText()} people`,
  body: '',
  facts: oneLine(place),
  isMasked: true,
});

/** Both sides of a conflict leave, as both stand on screen. */
const sidesOf = (texts: readonly string[]): string =>
  texts.length < 2 ? (texts[0] ?? '') : `not settled: ${texts.map((text) => `“${text}”`).join(' or ')}`;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
