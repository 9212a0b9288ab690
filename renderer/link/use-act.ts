import { useState } from 'react';
import { toErrorShape } from '../../shared/errors.ts';
import type { Failure } from './backend.ts';

export interface Act {
  /** Which action goes on; null: none. */
  doing: string | null;
  failure: Failure | null;
  /** Runs one action at a time; resolves to undefined where it was refused. */
  run: <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>;
  clear: () => void;
}

/** What a person does, and what was said against it. */
export function useAct(): Act {
  const [doing, setDoing] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  return {
    doing,
    failure,
    clear: () => {
      setFailure(null);
    },
    run: async (name, work) => {
      setDoing(name);
      setFailure(null);
      try {
        return await work();
      } catch (error) {
        setFailure(toErrorShape(error));
        return undefined;
      } finally {
        setDoing(null);
      }
    },
  };
}
