import { Icon } from '../parts/Icon.tsx';
import type { Finding, Writing } from './use-write.ts';

interface WriteTroubleProps {
  writing: Writing;
  /** Saves in spite of what looks personal. */
  onConfirm: () => void;
  /** Takes the texts without it. */
  onSuggestion: (findings: readonly Finding[]) => void;
}

/** Why a text is not saved yet, with the ways on. */
export function WriteTrouble({ writing, onConfirm, onSuggestion }: WriteTroubleProps) {
  const { problem, findings } = writing;
  if (problem === null) return null;
  return (
    <div className="note-trouble" role="alert">
      <Icon name="alert" />
      <div>
        <p>{problem.slice(0, 1).toUpperCase() + problem.slice(1)}.</p>
        {findings.length > 0 && (
          <p className="note-trouble-ways">
            <button
              type="button"
              className="button"
              onClick={() => {
                onSuggestion(findings);
                writing.clear();
              }}
            >
              Remove it
            </button>
            <button type="button" className="button" onClick={onConfirm}>
              Save anyway
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
