import { useState } from 'react';
import { toErrorShape } from '../../../shared/errors.ts';
import { useServices } from '../../app/services.ts';
import { TextField } from '../../parts/TextField.tsx';
import { useNotes } from '../notes-store.ts';

/** The name that notes carry from now on; an address is never asked for. */
export function AuthorName({ hasDevice = false }: { /** The device is named, too. */ hasDevice?: boolean }) {
  const { backend } = useServices();
  const author = useNotes(({ state }) => state?.author ?? '');
  const device = useNotes(({ state }) => state?.device ?? '');
  const [problem, setProblem] = useState<{ name: string; message: string } | null>(null);
  const save = (name: string, isConfirmed: boolean) => {
    backend
      .call('command.annotations.author', { name, isConfirmed })
      .then((identity) => {
        setProblem(null);
        useNotes.setState(({ state }) => ({ state: state === null ? null : { ...state, ...identity } }));
      })
      .catch((error: unknown) => {
        setProblem({ name, message: toErrorShape(error).message });
      });
  };
  return (
    <div className="note-author">
      <span aria-hidden="true">Your name on notes</span>
      <TextField
        label="Your name on notes"
        value={author}
        placeholder="as others know you"
        width="full"
        onSet={(name) => {
          save(name, false);
        }}
      />
      {hasDevice && device !== '' && <span className="note-quiet">This device writes as {device}</span>}
      {problem !== null && (
        <div className="note-trouble" role="alert">
          <span>{problem.message}</span>
          <button
            type="button"
            className="button"
            onClick={() => {
              save(problem.name, true);
            }}
          >
            Use it anyway
          </button>
        </div>
      )}
    </div>
  );
}
