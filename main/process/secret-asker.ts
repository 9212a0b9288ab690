import { AppError } from '../../shared/errors.ts';
import type { FromChild, ToChild } from './control.ts';

type Answer = Extract<ToChild, { c: 'secret' | 'no-secret' }>;

export interface SecretAsker {
  /** null: it is not set. Rejects with what the shell refused. */
  read: (name: string) => Promise<string | null>;
  /** The same, set to a random value where it is not; null: nothing set would last. */
  make: (name: string) => Promise<string | null>;
  answered: (answer: Answer) => void;
}

/** The forked side: asks by number, so that several sources may connect at once. Nothing that was read is kept. */
export function createSecretAsker(post: (message: FromChild) => void): SecretAsker {
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  const ask = (name: string, makes: boolean): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, (answer) => {
        if (answer.c === 'secret') resolve(answer.value);
        else reject(new AppError(answer.error.code, answer.error.message));
      });
      post({ c: 'secret', id, name, makes });
    });
  return {
    read: (name) => ask(name, false),
    make: (name) => ask(name, true),
    answered(answer) {
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    },
  };
}
