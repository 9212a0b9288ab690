import { useEffect, useId, useState } from 'react';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { readSpec } from '../../state/explore-address.ts';

interface QuestionTextProps {
  spec: QuerySpecInput;
  onChange: (spec: QuerySpecInput) => void;
}

export const specText = (spec: QuerySpecInput): string => JSON.stringify(spec, null, 2);

/** The question as text, as `tidemark query` reads it. Ctrl Enter asks it; what makes no sense is refused with the reason. */
export function QuestionText({ spec, onChange }: QuestionTextProps) {
  const id = useId();
  const shown = specText(spec);
  const [text, setText] = useState(shown);
  useEffect(() => {
    setText(shown);
  }, [shown]);
  const read = readSpec(text);
  const isChanged = text !== shown;
  const run = () => {
    if (read.ok && isChanged) onChange(read.spec);
  };
  return (
    <div className="question-text">
      <textarea
        aria-label="Question as JSON"
        aria-invalid={!read.ok}
        aria-describedby={`${id}-problem`}
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          run();
        }}
      />
      <p id={`${id}-problem`} className="question-problem" role="status">
        {read.ok ? '' : read.problem}
      </p>
      <div className="question-actions">
        <button type="button" className="button-primary" disabled={!read.ok || !isChanged} onClick={run}>
          Run
        </button>
        <button
          type="button"
          className="button-quiet"
          disabled={!isChanged}
          onClick={() => {
            setText(shown);
          }}
        >
          Undo changes
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            void navigator.clipboard.writeText(text);
          }}
        >
          Copy
        </button>
      </div>
    </div>
  );
}
