import { type ExportedNote, withNotes } from '../../shared/export/notes.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import { useExportChoice } from './export-choice.ts';
import { exportedNote } from './exported-notes.ts';
import type { NoteSurroundings } from './note-words.ts';
import { useNotes } from './notes-store.ts';
import { useNotesPage } from './use-notes-page.ts';
import './printed-notes.css';

const MOST_NOTES = 100; // about five pages

/** On paper only: the notes of the view by the numbers of their pins, below the sheet. */
export function PrintedNotes({ view, surroundings }: { view: string; surroundings: NoteSurroundings }) {
  const hasNotes = useExportChoice((state) => state.hasNotes);
  const pins = useNotes((state) => state.pins);
  const { environment } = surroundings.environment;
  const { page } = useNotesPage({ environment, view, limit: MOST_NOTES, offset: 0 });
  const drawn = new Set(pins.map(({ annotationId }) => annotationId));
  const notes: ExportedNote[] = (page?.annotations ?? [])
    .filter(({ annotationId }) => drawn.has(annotationId))
    .flatMap((note) => exportedNote(note, surroundings) ?? []);
  if (!hasNotes || notes.length === 0) return null;
  const { footnotes } = withNotes({ tables: [], masked: 0 }, notes, surroundings.zone);
  const left = pins.length - notes.length;
  return (
    <section className="printed-notes" aria-label="Notes of this view">
      {footnotes.map(({ number, title, body, facts }) => (
        <article key={number}>
          <span className="pin">{number}</span>
          <h3>{title}</h3>
          {body !== '' && <p>{body}</p>}
          <p className="printed-notes-facts">{facts}</p>
        </article>
      ))}
      {left > 0 && <p className="printed-notes-facts">{formatQuantity(left, 'earlier note')} not listed</p>}
    </section>
  );
}
