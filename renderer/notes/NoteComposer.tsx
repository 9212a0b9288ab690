import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { STATUSES } from '../../shared/annotations/operation.ts';
import { Chip } from '../parts/Chip.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAddress } from '../state/address-store.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import { bucketOf, calendarOf, spanOf } from '../state/span-of.ts';
import { AuthorName } from './places/AuthorName.tsx';
import { emptyDraft, keepDraft, keptDraft, type NoteDraft } from './note-draft.ts';
import { targetOf } from './note-target.ts';
import { openPanel, selectMark, useNotes, wholeView } from './notes-store.ts';
import { STATUS_WORDS } from './status-words.ts';
import { type Finding, useWrite } from './use-write.ts';
import { WriteTrouble } from './WriteTrouble.tsx';
import './composer.css';

interface ComposerProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

/** Writes a note about what is selected. What is typed outlives a reload. */
export function NoteComposer({ workspace, environment }: ComposerProps) {
  const address = useAddress((state) => state.address);
  const selection = useNotes((state) => state.selection) ?? wholeView(null, 'Whole view');
  const composing = useNotes((state) => state.composing);
  const author = useNotes(({ state }) => state?.author ?? null);
  const [draft, setDraft] = useState<NoteDraft>(keptDraft);
  const writing = useWrite();
  const text = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (composing > 0) text.current?.focus();
  }, [composing]);
  const change = (next: Partial<NoteDraft>) => {
    setDraft((known) => keepDraft({ ...known, ...next }));
  };
  const span = spanOf(address.range, calendarOf(workspace, environment));
  const { mark, tile } = selection;

  const save = async (isConfirmed: boolean) => {
    const body = draft.body.trim();
    if (body === '' && draft.title.trim() === '') return;
    const saved = await writing.write('command.annotation.create', {
      environment: environment.environment,
      opId: draft.opId,
      target: targetOf({ address, tile, environment: environment.environment, interval: bucketOf(span) }),
      anchor: mark.anchor,
      discussed:
        mark.value === null
          ? null
          : { value: mark.value, interval: mark.interval, n: mark.n, measured_at: workspace.now },
      title: draft.title.trim() === '' ? titleOf(body) : draft.title.trim(),
      body: draft.title.trim() === '' && body === titleOf(body) ? '' : draft.body,
      tags: draft.tags,
      status: draft.status,
      isConfirmed,
    });
    if (saved === null) return;
    setDraft(keepDraft(emptyDraft()));
    selectMark(null);
    openPanel({ chosen: saved.annotationId, shown: 'all' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save(false);
  };

  return (
    <form
      className="note-composer"
      aria-label="New note"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
    >
      {author === '' && <AuthorName />}
      <input
        className="field"
        data-width="full"
        aria-label="Title"
        placeholder="Title"
        maxLength={300}
        value={draft.title}
        onChange={({ target }) => {
          change({ title: target.value });
        }}
      />
      <textarea
        ref={text}
        className="note-text"
        aria-label={`Note about ${mark.label}`}
        placeholder={`Write a note about ${mark.anchor.kind === 'range' ? 'the selected range' : mark.label}`}
        rows={2}
        maxLength={20_000}
        value={draft.body}
        onChange={({ target }) => {
          change({ body: target.value });
        }}
      />
      <WriteTrouble
        writing={writing}
        onConfirm={() => void save(true)}
        onSuggestion={(findings: readonly Finding[]) => {
          change(Object.fromEntries(findings.map(({ field, suggestion }) => [field, suggestion])));
          text.current?.focus();
        }}
      />
      <div className="note-composer-row">
        <button
          type="button"
          className="note-scope"
          title="Annotate the whole view instead"
          onClick={() => {
            selectMark(null);
          }}
        >
          {mark.label}
          {mark.anchor.kind !== 'view' && <Icon name="close" />}
        </button>
        {draft.tags.map((tag) => (
          <Chip
            key={tag}
            text={tag}
            onRemove={() => {
              change({ tags: draft.tags.filter((each) => each !== tag) });
            }}
          />
        ))}
        <span className="note-tag-field">
          <TextField
            label="Add a tag"
            value=""
            isAdding
            placeholder="+ Tag"
            isValid={(tag) => tag.length <= 60}
            onSet={(tag) => {
              if (tag !== '' && !draft.tags.includes(tag) && draft.tags.length < 30)
                change({ tags: [...draft.tags, tag] });
            }}
          />
        </span>
      </div>
      <div className="note-composer-row">
        <Select
          label="Kind of note"
          choices={STATUSES.map((id) => ({ id, label: STATUS_WORDS[id] }))}
          chosen={draft.status}
          onChoose={(status) => {
            change({ status });
          }}
        />
        <span className="note-space" />
        <button type="submit" className="button-primary" disabled={writing.isBusy}>
          Add note
        </button>
        <kbd className="key">Ctrl Enter</kbd>
      </div>
    </form>
  );
}

const TITLE_LENGTH = 80;

/** The first line, or its beginning at a word. */
function titleOf(body: string): string {
  const [line = ''] = body.split('\n');
  if (line.length <= TITLE_LENGTH) return line;
  return `${line.slice(0, TITLE_LENGTH).replace(/\s+\S*$/, '')} …`;
}
