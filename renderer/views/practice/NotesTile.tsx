import type { NumberedAnnotation } from '../../../shared/rpc/contract/annotations.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { momentInWords, type NoteSurroundings } from '../../notes/note-words.ts';
import { openPanel } from '../../notes/notes-store.ts';
import { STATUS_WORDS } from '../../notes/status-words.ts';
import { useNotesPage } from '../../notes/use-notes-page.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { isAboutSubject } from './subject-notes.ts';
import type { SubjectPage } from './use-subject.ts';
import './notes-tile.css';

const MOST_NOTES = 500; // of all views; the newest come first

/** What people wrote about this practice or master, on any view: note, action, outcome. */
export function NotesTile({ page }: { page: SubjectPage }) {
  const { subject, base } = page;
  const { environment, workspace } = base;
  const { page: found, problem } = useNotesPage({ environment: environment.environment, limit: MOST_NOTES });
  const notes = (found?.annotations ?? []).filter((note) => isAboutSubject(note, subject));
  const surroundings: NoteSurroundings = {
    environment,
    zone: workspace.zone,
    today: base.calendar.today,
  };
  return (
    <Tile
      id="subject-notes"
      title="Annotations"
      subtitle={`${found === null ? '' : `${formatCount(notes.length)} `}on this ${subject.kind}`}
      summary={
        found === null
          ? 'Not read yet.'
          : `${formatQuantity(notes.length, 'annotation')}${notes.length === 0 ? '' : `: ${notes.map(({ title }) => title.text).join(', ')}`}.`
      }
      questions={[]}
      lateEffect=""
      empty={found !== null && notes.length === 0 ? <NoNotes kind={subject.kind} /> : null}
      chart={
        problem === null ? (
          <NoteList notes={notes} surroundings={surroundings} />
        ) : (
          <p className="subject-notes-trouble" role="alert">
            {problem}
          </p>
        )
      }
      table={
        <DataTable
          caption={`Annotations on this ${subject.kind}`}
          columns={tableColumns(surroundings)}
          rows={notes}
          rowKey={({ annotationId }) => annotationId}
        />
      }
    />
  );
}

const NoNotes = ({ kind }: { kind: string }) => (
  <div className="tile-block">
    <h3>Nothing is noted on this {kind}</h3>
    <p>Choose a point, a range or a row and press A.</p>
  </div>
);

interface NoteListProps {
  notes: readonly NumberedAnnotation[];
  surroundings: NoteSurroundings;
}

function NoteList({ notes, surroundings }: NoteListProps) {
  return (
    <ul className="subject-notes" data-chart-area tabIndex={0} aria-label="Annotations, newest first">
      {notes.map((note) => (
        <li key={note.annotationId} data-annotation={note.annotationId}>
          <button
            type="button"
            className="subject-note"
            title="Open the annotation"
            onClick={() => {
              openPanel({ chosen: note.annotationId, shown: 'all' });
            }}
          >
            <span className="pin" data-sync={note.sync}>
              {note.number ?? '–'}
            </span>
            <span className="subject-note-title">{note.title.text}</span>
            <span className={`badge ${STATUS_BADGES[note.status]}`}>{STATUS_WORDS[note.status]}</span>
          </button>
          {note.body.text !== '' && <p className="subject-note-body">{note.body.text}</p>}
          <p className="subject-note-facts">{factsOf(note, surroundings)}</p>
        </li>
      ))}
    </ul>
  );
}

const STATUS_BADGES = { note: 'badge-quiet', action: 'badge-warn', outcome: 'badge-ok' } as const;

const authorOf = ({ author }: NumberedAnnotation): string => (author === '' ? 'Unnamed' : author);

const factsOf = (note: NumberedAnnotation, surroundings: NoteSurroundings): string =>
  `${authorOf(note)}, ${momentInWords(note.createdAtMs, surroundings)}`;

const tableColumns = (surroundings: NoteSurroundings): DataColumn<NumberedAnnotation>[] => [
  { key: 'number', label: 'Number', isNumber: true, text: ({ number }) => String(number ?? '–') },
  { key: 'title', label: 'Title', isHead: true, text: ({ title }) => title.text },
  { key: 'status', label: 'Stage', text: ({ status }) => STATUS_WORDS[status] },
  { key: 'body', label: 'Text', text: ({ body }) => body.text },
  { key: 'author', label: 'Author', text: authorOf },
  { key: 'written', label: 'Written', text: (note) => momentInWords(note.createdAtMs, surroundings) },
];
