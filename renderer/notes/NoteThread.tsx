import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { STATUSES } from '../../shared/annotations/operation.ts';
import { standingTexts } from '../../shared/annotations/annotation.ts';
import type { NumberedAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { Icon } from '../parts/Icon.tsx';
import { Select } from '../parts/Select.tsx';
import type { DateSpan } from '../state/date-presets.ts';
import { ConflictChoice } from './ConflictChoice.tsx';
import { jumpTo } from './jump.ts';
import { NoteEditor } from './NoteEditor.tsx';
import { NoteFigures } from './NoteFigures.tsx';
import { dayStart } from './day-start.ts';
import { anchorInWords, dateOf, metricInWords, momentInWords, type NoteSurroundings } from './note-words.ts';
import { openPanel, useNotes } from './notes-store.ts';
import { PlainText } from './PlainText.tsx';
import { STATUS_WORDS } from './status-words.ts';
import { SyncState } from './SyncState.tsx';
import { useWrite, type Writing } from './use-write.ts';
import { WriteTrouble } from './WriteTrouble.tsx';
import './composer.css';
import './thread.css';

export interface Deleted {
  annotationId: string;
  replyId?: string;
  title: string;
}

interface NoteThreadProps {
  note: NumberedAnnotation;
  span: DateSpan;
  isSameView: boolean;
  surroundings: NoteSurroundings;
  onDeleted: (deleted: Deleted) => void;
}

/** A note with its replies: everything that can be done with it. */
export function NoteThread({ note, span, isSameView, surroundings, onDeleted }: NoteThreadProps) {
  const { annotationId, environment, target, anchor, title, body, tags, replies, status } = note;
  const isChosen = useNotes((state) => state.chosen === annotationId);
  const device = useNotes(({ state }) => state?.device ?? null);
  const host = useRef<HTMLElement>(null);
  const [isEditing, setEditing] = useState(false);
  const writing = useWrite();
  const aim = { environment, annotationId };
  useEffect(() => {
    if (!isChosen) return;
    host.current?.scrollIntoView({ block: 'nearest' });
    const isTyping = document.activeElement?.closest('.note-composer') != null;
    if (isTyping) host.current?.focus({ preventScroll: true }); // what was written is done: keys are keys again
  }, [isChosen]);
  const remove = async () => {
    const deleted = await writing.write('command.annotation.delete', { ...aim, seen: standingTexts(note) });
    if (deleted !== null) onDeleted({ annotationId, title: title.text });
  };
  const conflictProps = { ...aim, device, surroundings, writing };
  const words = anchor === null ? 'Not known where' : anchorInWords(anchor, surroundings);
  return (
    <article
      ref={host}
      className="note"
      tabIndex={-1}
      data-chosen={isChosen}
      data-annotation={annotationId}
      aria-label={`Note ${note.number ?? ''}: ${title.text}`}
    >
      <header className="note-head">
        <button
          type="button"
          className="pin"
          data-sync={note.sync}
          aria-label={`Show note ${note.number ?? ''} in the view`}
          title="Show in the view"
          onClick={() => {
            openPanel({ chosen: annotationId });
            jumpTo(note, surroundings.zone);
          }}
        >
          {note.number ?? '–'}
        </button>
        <h3>{title.isConflict ? 'Two titles' : title.text}</h3>
        <SyncState note={note} surroundings={surroundings} />
      </header>
      {title.isConflict && <ConflictChoice {...conflictProps} field="title" text={title} />}
      {body.isConflict && <ConflictChoice {...conflictProps} field="body" text={body} />}
      {note.deletion !== null && note.deletion.unseen.length > 0 && (
        <UnseenDeletion note={note} writing={writing} />
      )}
      {isEditing ? (
        <NoteEditor
          note={note}
          onDone={() => {
            setEditing(false);
          }}
        />
      ) : (
        !body.isConflict && <PlainText text={body.text} />
      )}
      {note.isRedacted && <p className="note-quiet">Personal data was removed from this note.</p>}
      {note.isIncomplete && <p className="note-quiet">Its beginning has not arrived yet.</p>}
      <NoteFigures note={note} span={span} isSameView={isSameView} surroundings={surroundings} />
      <p className="note-meta">
        <span>{words}</span>
        <span>{metricInWords(target?.metric ?? null)}</span>
        {tags.map((tag) => (
          <span key={tag} className="note-tag">
            {tag}
          </span>
        ))}
        <span>{note.author === '' ? 'Unnamed' : note.author}</span>
        <span>{momentInWords(note.createdAtMs, surroundings)}</span>
        {note.editedAtMs !== null && <span>edited {momentInWords(note.editedAtMs, surroundings)}</span>}
      </p>
      {replies
        .filter(({ isHidden }) => !isHidden)
        .map((reply) => (
          <div key={reply.replyId} className="note-reply">
            <span className="note-avatar" aria-hidden="true">
              {initialsOf(reply.author)}
            </span>
            <div>
              <p className="note-reply-head">
                <strong>{reply.author === '' ? 'Unnamed' : reply.author}</strong>{' '}
                {momentInWords(reply.createdAtMs, surroundings)}
                {reply.device === device && ', on this device'}
                <button
                  type="button"
                  className="button-icon"
                  aria-label="Delete the reply"
                  title="Delete the reply"
                  onClick={() => {
                    const aimed = { ...aim, replyId: reply.replyId };
                    const seen = reply.body.versions.map(({ opId }) => opId);
                    void writing.write('command.annotation.delete', { ...aimed, seen }).then((deleted) => {
                      if (deleted !== null)
                        onDeleted({ annotationId, replyId: reply.replyId, title: 'the reply' });
                    });
                  }}
                >
                  <Icon name="trash" />
                </button>
              </p>
              {reply.body.isConflict ? (
                <ConflictChoice {...conflictProps} replyId={reply.replyId} field="body" text={reply.body} />
              ) : (
                <PlainText text={reply.body.text} />
              )}
              {reply.isRedacted && <p className="note-quiet">Personal data was removed from this reply.</p>}
            </div>
          </div>
        ))}
      {isChosen && <ReplyField note={note} />}
      <WriteTrouble writing={writing} onConfirm={writing.clear} onSuggestion={writing.clear} />
      <footer className="note-actions">
        <Select
          label="Status"
          choices={STATUSES.map((id) => ({ id, label: STATUS_WORDS[id] }))}
          chosen={status}
          onChoose={(next) => {
            void writing.write('command.annotation.status', {
              ...aim,
              status: next,
              ...dated(note, next, surroundings),
            });
          }}
        />
        {status !== 'note' && <ActionDate note={note} surroundings={surroundings} writing={writing} />}
        <span className="note-space" />
        <ToolButton
          icon="reply"
          label="Reply"
          onPress={() => {
            openPanel({ chosen: annotationId });
          }}
        />
        <ToolButton
          icon="edit"
          label="Edit"
          onPress={() => {
            setEditing(!isEditing);
          }}
        />
        <ToolButton icon="trash" label="Delete" onPress={() => void remove()} />
      </footer>
    </article>
  );
}

/** An action is dated when it is first called one: by the days that the note is about, else now. */
function dated(
  { actionAt, anchor, discussed }: NumberedAnnotation,
  status: string,
  { zone }: NoteSurroundings,
): { actionAt?: string } {
  if (status === 'note' || actionAt !== null) return {};
  if (anchor?.kind === 'instant') return { actionAt: anchor.at };
  const last = anchor?.kind === 'range' ? dayStart(dateOf(anchor.to, zone), zone) : null;
  return { actionAt: last ?? discussed?.measured_at ?? new Date().toISOString() };
}

interface PartProps {
  note: NumberedAnnotation;
  writing: Writing;
}

function ActionDate({
  note,
  surroundings: { zone },
  writing,
}: PartProps & { surroundings: NoteSurroundings }) {
  const { environment, annotationId, status, actionAt } = note;
  return (
    <span className="note-action-date">
      <input
        type="date"
        className="field"
        aria-label="Date of the action"
        value={actionAt === null ? '' : dateOf(actionAt, zone)}
        onChange={({ target }) => {
          const at = target.value === '' ? null : dayStart(target.value, zone);
          void writing.write('command.annotation.status', {
            environment,
            annotationId,
            status,
            actionAt: at,
          });
        }}
      />
    </span>
  );
}

/** Deleted by somebody who had not seen what was written meanwhile: both have their say. */
function UnseenDeletion({ note, writing }: PartProps) {
  const { environment, annotationId, deletion } = note;
  return (
    <div className="note-conflict" role="group" aria-label="Deleted, but changed meanwhile">
      <p className="note-base">
        {deletion?.author === '' ? 'Somebody' : deletion?.author} deleted this without having seen the last
        change.
      </p>
      <div className="note-conflict-ways">
        <button
          type="button"
          className="button-primary"
          onClick={() => void writing.write('command.annotation.restore', { environment, annotationId })}
        >
          Keep the note
        </button>
        <button
          type="button"
          className="button"
          onClick={() =>
            void writing.write('command.annotation.delete', {
              environment,
              annotationId,
              seen: standingTexts(note),
            })
          }
        >
          Delete it
        </button>
      </div>
    </div>
  );
}

function ReplyField({ note }: { note: NumberedAnnotation }) {
  const [text, setText] = useState('');
  const [opId, setOpId] = useState(() => crypto.randomUUID());
  const writing = useWrite();
  const { environment, annotationId } = note;
  const send = async (isConfirmed: boolean) => {
    if (text.trim() === '') return;
    const params = { environment, annotationId, opId, body: text.trim(), isConfirmed };
    if ((await writing.write('command.annotation.reply', params)) === null) return;
    setText('');
    setOpId(crypto.randomUUID());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void send(false);
  };
  return (
    <div className="note-reply-field">
      <textarea
        className="note-text"
        aria-label={`Reply to ${note.title.text}`}
        placeholder="Reply"
        rows={1}
        maxLength={20_000}
        value={text}
        onKeyDown={onKeyDown}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      <WriteTrouble
        writing={writing}
        onConfirm={() => void send(true)}
        onSuggestion={([finding]) => {
          if (finding !== undefined) setText(finding.suggestion);
        }}
      />
      {text !== '' && (
        <button type="button" className="button" disabled={writing.isBusy} onClick={() => void send(false)}>
          Reply
        </button>
      )}
    </div>
  );
}

interface ToolButtonProps {
  icon: 'reply' | 'edit' | 'trash';
  label: string;
  onPress: () => void;
}

function ToolButton({ icon, label, onPress }: ToolButtonProps) {
  return (
    <button type="button" className="button-icon" aria-label={label} title={label} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}

const initialsOf = (author: string): string =>
  author
    .split(/\s+/)
    .map((word) => word.slice(0, 1))
    .join('')
    .slice(0, 2)
    .toUpperCase() || '?';
