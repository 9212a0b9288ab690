import { axisOf } from '../plan/axis.ts';
import type { EventMatch } from '../plan/event-match.ts';
import { Grouping } from '../plan/grouping.ts';
import type { Part } from '../plan/part.ts';
import { usersOf } from '../plan/people.ts';
import type { Question } from '../plan/question.ts';
import { runScans } from '../plan/scan.ts';

/** Which users did something in which cells of time, a bit each: all that some questions ask of an event. */
export interface Presence {
  /** Highest user number. */
  users: number;
  /** Words per user: cell c of user u is bit c % 32 of word u × words + c / 32. */
  words: number;
  bits: Int32Array;
}

export interface PresenceRequest {
  match: EventMatch;
  /** Cell c is [edges[c], edges[c + 1]); the first may be −Infinity. */
  edges: readonly number[];
  part: Part;
}

const BITS = 32;
const MOST_BYTES = 32 << 20; // per part and kind of event; beyond, a timeline takes less

const wordsFor = (edges: readonly number[]): number => Math.max(1, Math.ceil((edges.length - 1) / BITS));

/** Whether so many cells of all users are few enough to hold. */
export const fitsPresence = ({ view }: Question, edges: readonly number[]): boolean =>
  (view.dictionary('user_id').count + 1) * wordsFor(edges) * 4 <= MOST_BYTES;

export async function readPresence(
  question: Question,
  { match, edges, part }: PresenceRequest,
): Promise<Presence> {
  const users = question.view.dictionary('user_id').count;
  const words = wordsFor(edges);
  const bits = new Int32Array((users + 1) * words);
  await runScans(question, [
    {
      axis: axisOf(edges, edges[0] ?? 0, edges.at(-1) ?? 0),
      match,
      grouping: new Grouping([]),
      part,
      take({ batch, rows, count, buckets }) {
        const codes = usersOf(batch);
        if (codes === null) return;
        if (codes instanceof Int32Array) setBits(codes, { rows, count, buckets }, bits, words);
        else setBits(Int32Array.from(codes), { rows, count, buckets }, bits, words);
      },
    },
  ]);
  return { users, words, bits };
}

function setBits(
  users: Int32Array,
  { rows, count, buckets }: { rows: Int32Array; count: number; buckets: Int32Array },
  bits: Int32Array,
  words: number,
): void {
  for (let i = 0; i < count; i++) {
    const cell = buckets[i] as number;
    const word = (users[rows[i] as number] as number) * words + (cell >>> 5);
    bits[word] = (bits[word] as number) | (1 << (cell & 31));
  }
}

/** Writes a user's cells to `out`, in order; returns how many. */
export function cellsOf({ words, bits }: Presence, user: number, out: Int32Array): number {
  let found = 0;
  const first = user * words;
  for (let word = 0; word < words; word++)
    for (let left = bits[first + word] as number; left !== 0; left &= left - 1)
      out[found++] = word * BITS + (31 - Math.clz32(left & -left));
  return found;
}

/** Room for the cells of one user. */
export const cellsBuffer = ({ words }: Presence): Int32Array => new Int32Array(words * BITS);
