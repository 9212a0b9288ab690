import type { TextState } from '../../shared/annotations/annotation.ts';
import type { ExportedNote } from '../../shared/export/notes.ts';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import type { NumberedAnnotation } from '../../shared/rpc/contract/annotations.ts';
import type { Backend } from '../link/backend.ts';
import type { TileId } from '../state/address.ts';
import { useExportChoice } from './export-choice.ts';
import { anchorInWords, dateOf, momentInWords, type NoteSurroundings, valueInWords } from './note-words.ts';
import { useNotes } from './notes-store.ts';
import { STATUS_WORDS } from './status-words.ts';
import { tileOfNote } from './tile-of-note.ts';

const MOST_NOTES = 200; // far more than anybody reads below a picture

interface LeavingNotes {
  notes: ExportedNote[];
  /** Further ones on the tile that are not listed. */
  left: number;
}

/** The notes on a tile as they leave with it; none where the person has left them out. */
export async function notesLeavingWith(
  tile: TileId,
  backend: Backend,
  surroundings: NoteSurroundings,
): Promise<LeavingNotes> {
  if (!useExportChoice.getState().hasNotes) return { notes: [], left: 0 };
  const { environment } = surroundings.environment;
  const pins = useNotes
    .getState()
    .pins.filter(({ target, anchor }) => tileOfNote(target, anchor) === tile)
    .toSorted((a, b) => a.number - b.number);
  const read = await Promise.all(
    pins
      .slice(-MOST_NOTES)
      .map(({ annotationId }) => backend.call('query.annotations.one', { environment, annotationId })),
  );
  return {
    notes: read.flatMap((note) => exportedNote(note, surroundings) ?? []),
    left: Math.max(0, pins.length - MOST_NOTES),
  };
}

/** null: it was deleted a moment ago, or nobody knows where it stands. */
export function exportedNote(note: NumberedAnnotation, surroundings: NoteSurroundings): ExportedNote | null {
  const { number, anchor, target, discussed, title, body } = note;
  if (number === null || anchor === null) return null;
  const metric = target?.metric ?? null;
  return {
    number,
    anchor,
    place: anchorInWords(anchor, surroundings),
    titles: textsOf(title),
    bodies: textsOf(body),
    figure: discussed === null ? '' : `${valueInWords(metric, discussed.value)} when it was written`,
    facts: factsOf(note, surroundings),
  };
}

const textsOf = ({ versions, text }: TextState): string[] =>
  versions.length < 2 ? [text] : [...new Set(versions.map((version) => version.text))];

function factsOf(note: NumberedAnnotation, surroundings: NoteSurroundings): string[] {
  const { status, actionAt, tags, author, createdAtMs, replies, isPending } = note;
  const shown = replies.filter(({ isHidden }) => !isHidden).length;
  const since =
    actionAt === null ? '' : ` since ${formatDate(dateOf(actionAt, surroundings.zone), surroundings.today)}`;
  return [
    ...(status === 'note' ? [] : [`${STATUS_WORDS[status]}${since}`]),
    ...tags,
    author === '' ? 'unnamed' : author,
    momentInWords(createdAtMs, surroundings),
    ...(shown === 0 ? [] : [formatQuantity(shown, 'reply', 'replies')]),
    ...(isPending ? ['not sent yet'] : []),
  ];
}
