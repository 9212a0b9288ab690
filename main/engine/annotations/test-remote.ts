import { type NewRemote, type RemoteTest } from '../../../shared/annotations/remote.ts';
import { toErrorShape } from '../../../shared/errors.ts';
import type { NotesStore } from './notes-store.ts';
import { openRemote } from './open-remote.ts';

const ANSWERS_WITHIN_MS = 20_000; // somebody waits for it

/** Looks into a source without writing: whether it can be read, how much lies there, whether it would take a note. */
export async function testRemote(
  notes: NotesStore,
  remote: NewRemote,
  signal: AbortSignal,
): Promise<RemoteTest> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
  const source = openRemote(notes, remote);
  try {
    const pages = source.list(null, limited)[Symbol.asyncIterator]();
    const first = await pages.next();
    const second = first.done === true ? first : await pages.next();
    await pages.return?.();
    return {
      failure: null,
      operations: first.done === true ? 0 : first.value.objects.length,
      isMore: second.done !== true && second.value.objects.length > 0,
      mayWrite: await source.mayAppend(limited),
    };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = limited.aborted
      ? { code: 'source-unreachable' as const, message: 'it did not answer within 20 seconds' }
      : toErrorShape(error);
    return { failure: { code, message }, operations: null, isMore: false, mayWrite: null };
  } finally {
    await source.close();
  }
}
