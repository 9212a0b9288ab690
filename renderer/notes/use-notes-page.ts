import { useEffect, useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import type { ParamsOf, ResultOf } from '../../shared/rpc/methods.ts';
import { useServices } from '../app/services.ts';
import { useNotes } from './notes-store.ts';

export type NotesPage = ResultOf<'query.annotations'>;
export type NotesFilter = ParamsOf<'query.annotations'>;

/** One page of notes, asked anew with the filter and whenever notes change; the last page stays until the next is here. */
export function useNotesPage(filter: NotesFilter): { page: NotesPage | null; problem: string | null } {
  const { backend } = useServices();
  const revision = useNotes((state) => state.revision);
  const [page, setPage] = useState<NotesPage | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const key = JSON.stringify(filter);
  useEffect(() => {
    const controller = new AbortController();
    backend
      .call('query.annotations', JSON.parse(key) as NotesFilter, { signal: controller.signal })
      .then((found) => {
        if (controller.signal.aborted) return;
        setPage(found);
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof AppError ? error.message : 'Not read.');
      });
    return () => {
      controller.abort();
    };
  }, [backend, key, revision]);
  return { page, problem };
}
