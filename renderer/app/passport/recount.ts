import type { Answer } from '../../../shared/query/answer.ts';
import type { Backend } from '../../link/backend.ts';
import type { GoodAnswer } from '../../link/coordinator.ts';
import { questionKey } from '../../link/question-key.ts';

export interface Recount {
  isEqual: boolean;
  /** How many numbers were compared. */
  numbers: number;
  /** Those that differ. */
  differing: number;
  revisionBefore: number;
  revisionNow: number;
  rowsRead: number;
  elapsedMs: number;
}

/** Asks the question again, past every cache, and compares number by number. */
export async function recount(backend: Backend, { spec, answer }: GoodAnswer): Promise<Recount> {
  const again = await backend.ask(spec, { recount: true });
  return compareAnswers(answer, again);
}

export function compareAnswers(before: Answer, again: Answer): Recount {
  const then = numbersIn(before.result);
  const now = numbersIn(again.result);
  const paths = new Set([...then.keys(), ...now.keys()]);
  const differing = [...paths].filter((path) => !Object.is(then.get(path), now.get(path))).length;
  return {
    isEqual: differing === 0 && questionKey(before.result) === questionKey(again.result),
    numbers: paths.size,
    differing,
    revisionBefore: before.revision,
    revisionNow: again.revision,
    rowsRead: again.rowsRead,
    elapsedMs: again.elapsedMs,
  };
}

/** Every number of a result by its place in it. */
function numbersIn(value: unknown, path = '', found = new Map<string, number>()): Map<string, number> {
  if (typeof value === 'number') found.set(path, value);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) numbersIn(part, `${path}/${name}`, found);
  return found;
}
