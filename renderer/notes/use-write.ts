import { useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../shared/rpc/methods.ts';
import { useServices } from '../app/services.ts';

export type WriteMethod = Extract<MethodName, `command.annotation.${string}`>;

/** What looks personal in a text, and how it reads without it. */
export interface Finding {
  field: string;
  suggestion: string;
}

export interface Writing {
  isBusy: boolean;
  /** Why it was not saved; nothing that was typed is lost. */
  problem: string | null;
  /** The writer has to look at these, or confirm. */
  findings: readonly Finding[];
  /** true: it is saved, on the disk of this device. */
  write: <M extends WriteMethod>(method: M, params: ParamsOf<M>) => Promise<ResultOf<M> | null>;
  clear: () => void;
}

/** Sends a change of a note and says what stands against it. */
export function useWrite(): Writing {
  const { backend } = useServices();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const clear = () => {
    setProblem(null);
    setFindings([]);
  };
  const write = async <M extends WriteMethod>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<ResultOf<M> | null> => {
    setBusy(true);
    try {
      const result = await backend.call(method, params);
      clear();
      return result;
    } catch (error) {
      setProblem(error instanceof AppError ? error.message : 'It was not saved.');
      setFindings(error instanceof AppError ? findingsIn(error.detail) : []);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, problem, findings, write, clear };
}

function findingsIn(detail: unknown): Finding[] {
  if (typeof detail !== 'object' || detail === null || !('findings' in detail)) return [];
  return Array.isArray(detail.findings) ? (detail.findings as Finding[]) : []; // the engine's own shape
}
