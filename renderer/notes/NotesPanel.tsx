import { useEffect, useMemo, useRef, useState } from 'react';
import { STATUSES, type Status } from '../../shared/annotations/operation.ts';
import type { NumberedAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { Icon } from '../parts/Icon.tsx';
import { Select } from '../parts/Select.tsx';
import { useAddress } from '../state/address-store.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import { calendarOf, spanOf } from '../state/span-of.ts';
import { NoteComposer } from './NoteComposer.tsx';
import { type Deleted, NoteThread } from './NoteThread.tsx';
import { viewState } from './note-target.ts';
import type { NoteSurroundings } from './note-words.ts';
import { NotePlaces } from './places/NotePlaces.tsx';
import { closePanel, openPanel, SHOWN, type Shown, useNotes } from './notes-store.ts';
import { QuarantinedNotes } from './QuarantinedNotes.tsx';
import { STATUS_WORDS } from './status-words.ts';
import { useNotesPage } from './use-notes-page.ts';
import { useWrite } from './use-write.ts';

interface NotesPanelProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

type Scope = 'view' | 'all';

const PAGE = 30; // about four screens
const ANY = '';
const SHOWN_WORDS: Record<Shown, string> = {
  all: 'All',
  pending: 'Pending',
  conflict: 'Conflict',
  mine: 'Mine',
};

/** All notes of the view or of every view, newest first, and the place to write one. */
export function NotesPanel({ workspace, environment }: NotesPanelProps) {
  const address = useAddress((state) => state.address);
  const shown = useNotes((state) => state.shown);
  const chosen = useNotes((state) => state.chosen);
  const panelPage = useNotes((state) => state.page);
  const remotes = useNotes(({ state }) => state?.remotes ?? null);
  const [scope, setScope] = useState<Scope>('view');
  const [search, setSearch] = useState<string | null>(null);
  const [tag, setTag] = useState(ANY);
  const [author, setAuthor] = useState(ANY);
  const [status, setStatus] = useState<Status | typeof ANY>(ANY);
  const [limit, setLimit] = useState(PAGE);
  const [deleted, setDeleted] = useState<Deleted | null>(null);
  const calendar = calendarOf(workspace, environment);
  const span = spanOf(address.range, calendar);
  const { page, problem } = useNotesPage({
    environment: environment.environment,
    limit,
    show: shown,
    ...(scope === 'view' ? { view: address.view } : {}),
    ...(tag === ANY ? {} : { tags: [tag] }),
    ...(author === ANY ? {} : { author }),
    ...(status === ANY ? {} : { status }),
    ...(search === null || search.trim() === '' ? {} : { contains: search.trim().slice(0, 200) }),
  });
  const surroundings: NoteSurroundings = useMemo(
    () => ({ environment, zone: workspace.zone, today: calendar.today }),
    [environment, workspace.zone, calendar.today],
  );
  const here = viewState(address);
  const notes = withChosenFirst(page?.annotations ?? [], chosen);
  return (
    <aside
      className="notes-panel"
      aria-label="Annotations"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        closePanel();
      }}
    >
      {panelPage === 'places' && <NotePlaces surroundings={surroundings} onClose={backToNotes} />}
      {panelPage === 'aside' && <QuarantinedNotes onClose={backToNotes} />}
      {panelPage === 'notes' && (
        <>
          <div className="notes-head">
            <h2>Annotations</h2>
            <span className="notes-count">
              {page === null ? '' : `${page.counts.all} in ${scope === 'view' ? 'this view' : 'all views'}`}
            </span>
            <button
              type="button"
              className="button-icon"
              aria-label="Search and filter notes"
              aria-pressed={search !== null}
              title="Search and filter"
              onClick={() => {
                setSearch(search === null ? '' : null);
              }}
            >
              <Icon name="search" />
            </button>
            <button
              type="button"
              className="button-icon"
              aria-label="Where notes go"
              title="Where notes go, and your name"
              onClick={() => {
                openPanel({ page: 'places' });
              }}
            >
              <Icon name="settings" />
            </button>
            <button
              type="button"
              className="button-icon"
              aria-label="Close"
              title="Close (])"
              onClick={closePanel}
            >
              <Icon name="close" />
            </button>
          </div>
          <div className="notes-tabs" role="tablist" aria-label="Which notes">
            {SHOWN.map((id) => (
              <button
                key={id}
                type="button"
                role="tab"
                aria-selected={shown === id}
                onClick={() => {
                  useNotes.setState({ shown: id });
                }}
              >
                {SHOWN_WORDS[id]} {page?.counts[id] ?? ''}
              </button>
            ))}
          </div>
          {search !== null && (
            <div className="notes-filters">
              <input
                className="field"
                data-width="full"
                type="search"
                aria-label="Search notes"
                placeholder="Title, text, reply or tag"
                value={search}
                onChange={({ target }) => {
                  setSearch(target.value);
                }}
              />
              <Select
                label="Scope"
                choices={[
                  { id: 'view' as const, label: 'This view' },
                  { id: 'all' as const, label: 'All views' },
                ]}
                chosen={scope}
                onChoose={setScope}
              />
              <Select label="Tag" choices={choicesOf('Any tag', page?.tags)} chosen={tag} onChoose={setTag} />
              <Select
                label="Author"
                choices={choicesOf('Anyone', page?.authors)}
                chosen={author}
                onChoose={setAuthor}
              />
              <Select
                label="Status"
                choices={[
                  { id: ANY, label: 'Any status' },
                  ...STATUSES.map((id) => ({ id, label: STATUS_WORDS[id] })),
                ]}
                chosen={status}
                onChoose={setStatus}
              />
            </div>
          )}
          <div className="notes-list" role="feed" aria-label="Notes" aria-busy={page === null}>
            {problem !== null && (
              <p className="note-trouble" role="alert">
                {problem}
              </p>
            )}
            {page !== null && notes.length === 0 && (
              <p className="notes-empty">
                {page.counts.all === 0
                  ? 'No notes yet. Choose a point, a range or a row and press A.'
                  : 'None of the notes fits the filters.'}
              </p>
            )}
            {notes.map((note) => (
              <NoteThread
                key={note.annotationId}
                note={note}
                span={span}
                isSameView={note.target?.address === here}
                surroundings={surroundings}
                onDeleted={setDeleted}
              />
            ))}
            {page !== null && page.matching > limit && (
              <button
                type="button"
                className="button notes-more"
                onClick={() => {
                  setLimit(Math.min(500, limit + 100));
                }}
              >
                {formatQuantity(page.matching - limit, 'more note')}
              </button>
            )}
            {page !== null && page.counts.quarantined > 0 && (
              <p className="note-quiet notes-aside">
                {formatQuantity(page.counts.quarantined, 'thing')} in the sources could not be read as notes
                and {page.counts.quarantined === 1 ? 'is' : 'are'} set aside.{' '}
                <button
                  type="button"
                  className="button-text"
                  onClick={() => {
                    openPanel({ page: 'aside' });
                  }}
                >
                  Look at {page.counts.quarantined === 1 ? 'it' : 'them'}
                </button>
              </p>
            )}
            {remotes?.length === 0 && (
              <p className="note-quiet notes-aside">
                No source takes notes yet: they stay on this device.{' '}
                <button
                  type="button"
                  className="button-text"
                  onClick={() => {
                    openPanel({ page: 'places' });
                  }}
                >
                  Choose where they go
                </button>
              </p>
            )}
          </div>
          {deleted !== null && (
            <UndoLine
              deleted={deleted}
              environment={environment.environment}
              onEnd={() => {
                setDeleted(null);
              }}
            />
          )}
          <NoteComposer workspace={workspace} environment={environment} />
        </>
      )}
    </aside>
  );
}

const backToNotes = (): void => {
  openPanel();
};

const choicesOf = (any: string, values: readonly string[] = []): { id: string; label: string }[] => [
  { id: ANY, label: any },
  ...values.map((id) => ({ id, label: id })),
];

/** A note that was chosen in the view is at hand, however old it is. */
function withChosenFirst(notes: readonly NumberedAnnotation[], chosen: string | null): NumberedAnnotation[] {
  const found = notes.findIndex(({ annotationId }) => annotationId === chosen);
  if (found < PAGE) return [...notes];
  return notes[found] === undefined ? [...notes] : [notes[found], ...notes.filter((_, at) => at !== found)];
}

const UNDO_SHOWN_MS = 12_000;

function UndoLine(props: { deleted: Deleted; environment: string; onEnd: () => void }) {
  const { deleted, environment, onEnd } = props;
  const writing = useWrite();
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    const timer = setTimeout(() => {
      end.current();
    }, UNDO_SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [deleted]);
  return (
    <div className="notes-undo" role="status">
      <span>Deleted {deleted.title === '' ? 'the note' : deleted.title}</span>
      <button
        type="button"
        className="button"
        disabled={writing.isBusy}
        onClick={() => {
          const { annotationId, replyId } = deleted;
          const aimed = { environment, annotationId, ...(replyId === undefined ? {} : { replyId }) };
          void writing.write('command.annotation.restore', aimed).then((restored) => {
            if (restored !== null) onEnd();
          });
        }}
      >
        Undo
      </button>
    </div>
  );
}
