import { type TextState, type TextVersion, joinedTexts } from '../../shared/annotations/annotation.ts';
import { differingWords } from './differing-words.ts';
import { momentInWords, type NoteSurroundings } from './note-words.ts';
import type { Writing } from './use-write.ts';

interface ConflictChoiceProps {
  environment: string;
  annotationId: string;
  replyId?: string;
  field: 'title' | 'body';
  text: TextState;
  /** Of this device. */
  device: string | null;
  surroundings: NoteSurroundings;
  writing: Writing;
}

/** Texts that were written without knowing of each other, side by side, until somebody decides. */
export function ConflictChoice(props: ConflictChoiceProps) {
  const { environment, annotationId, replyId, field, text, device, surroundings, writing } = props;
  const resolve = (chosen: string) => {
    void writing.write('command.annotation.resolve', {
      environment,
      annotationId,
      ...(replyId === undefined ? {} : { replyId }),
      field,
      text: chosen,
      seen: text.versions.map(({ opId }) => opId),
      isConfirmed: true, // every one of these texts was saved before
    });
  };
  const versions = distinct(text.versions);
  const mine = versions.findLast((version) => version.device === device);
  const theirs = versions.filter((version) => version !== mine);
  return (
    <div
      className="note-conflict"
      role="group"
      aria-label={`Conflict in the ${field === 'title' ? 'title' : 'text'}`}
    >
      {versions.map((version) => (
        <div key={version.opId} className="note-version">
          <div className="note-version-head">
            <span>
              {version.device === device
                ? 'Yours, this device'
                : `${version.author === '' ? 'Unnamed' : version.author}, ${version.device}`}
            </span>
            <span>{momentInWords(version.atMs, surroundings)}</span>
          </div>
          <p>
            {differingWords(version.text, otherThan(version, versions)).map(
              ({ words, isDifferent }, index) =>
                isDifferent ? <mark key={index}>{words}</mark> : <span key={index}>{words}</span>,
            )}
          </p>
        </div>
      ))}
      {text.base !== null && <p className="note-base">Before: {text.base}</p>}
      <div className="note-conflict-ways">
        {mine !== undefined && (
          <button
            type="button"
            className="button-primary"
            disabled={writing.isBusy}
            onClick={() => {
              resolve(mine.text);
            }}
          >
            Keep mine
          </button>
        )}
        {theirs.map((version) => (
          <button
            key={version.opId}
            type="button"
            className="button"
            disabled={writing.isBusy}
            onClick={() => {
              resolve(version.text);
            }}
          >
            {mine !== undefined && theirs.length === 1
              ? 'Keep theirs'
              : `Keep ${version.author === '' ? version.device : version.author}’s`}
          </button>
        ))}
        <button
          type="button"
          className="button"
          disabled={writing.isBusy}
          onClick={() => {
            resolve(joinedTexts(text));
          }}
        >
          Keep both
        </button>
      </div>
    </div>
  );
}

const distinct = (versions: readonly TextVersion[]): TextVersion[] =>
  versions.filter(({ text }, index) => versions.findLastIndex((other) => other.text === text) === index);

const otherThan = (version: TextVersion, versions: readonly TextVersion[]): string =>
  versions.find((other) => other !== version)?.text ?? '';
