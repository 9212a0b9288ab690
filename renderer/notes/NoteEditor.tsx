import { type KeyboardEvent, useState } from 'react';
import type { NumberedAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { Chip } from '../parts/Chip.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useWrite } from './use-write.ts';
import { WriteTrouble } from './WriteTrouble.tsx';

/** Title, text and tags of a note; what somebody else writes meanwhile becomes a conflict, and is not overwritten. */
export function NoteEditor({ note, onDone }: { note: NumberedAnnotation; onDone: () => void }) {
  const [from] = useState(note); // what the writer had before them
  const [title, setTitle] = useState(from.title.text);
  const [body, setBody] = useState(from.body.text);
  const [tags, setTags] = useState(from.tags);
  const [opId] = useState(() => crypto.randomUUID());
  const writing = useWrite();
  const save = async (isConfirmed: boolean) => {
    const isTitle = title !== from.title.text;
    const isBody = body !== from.body.text;
    const isTags = JSON.stringify(tags) !== JSON.stringify(from.tags);
    if (!isTitle && !isBody && !isTags) {
      onDone();
      return;
    }
    const saved = await writing.write('command.annotation.edit', {
      environment: from.environment,
      annotationId: from.annotationId,
      opId,
      ...(isTitle ? { title } : {}),
      ...(isBody ? { body } : {}),
      ...(isTags ? { tags } : {}),
      seen: {
        ...(isTitle ? { title: idsOf(from.title) } : {}),
        ...(isBody ? { body: idsOf(from.body) } : {}),
      },
      isConfirmed,
    });
    if (saved !== null) onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onDone();
    }
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void save(false);
  };
  return (
    <form
      className="note-editor"
      aria-label={`Edit ${from.title.text}`}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
    >
      <input
        className="field"
        data-width="full"
        aria-label="Title"
        maxLength={300}
        value={title}
        onChange={({ target }) => {
          setTitle(target.value);
        }}
      />
      <textarea
        className="note-text"
        aria-label="Text"
        rows={4}
        maxLength={20_000}
        value={body}
        onChange={({ target }) => {
          setBody(target.value);
        }}
      />
      <div className="note-composer-row">
        {tags.map((tag) => (
          <Chip
            key={tag}
            text={tag}
            onRemove={() => {
              setTags(tags.filter((each) => each !== tag));
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
              if (tag !== '' && !tags.includes(tag) && tags.length < 30) setTags([...tags, tag]);
            }}
          />
        </span>
      </div>
      <WriteTrouble
        writing={writing}
        onConfirm={() => void save(true)}
        onSuggestion={(findings) => {
          for (const { field, suggestion } of findings) (field === 'title' ? setTitle : setBody)(suggestion);
        }}
      />
      <div className="note-composer-row">
        <span className="note-space" />
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button-primary" disabled={writing.isBusy}>
          Save
        </button>
      </div>
    </form>
  );
}

const idsOf = ({ versions }: NumberedAnnotation['body']): string[] => versions.map(({ opId }) => opId);
