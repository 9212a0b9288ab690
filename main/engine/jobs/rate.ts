/** How fast something goes, from what it has done over the last seconds. */
export interface Rate {
  note: (nowMs: number, done: number) => void;
  /** Per second; null before enough time has passed to tell. */
  perSecond: (nowMs: number) => number | null;
}

const WINDOW_MS = 10_000;
const LEAST_MS = 1_000;

export function createRate(): Rate {
  const notes: { atMs: number; done: number }[] = [];
  return {
    note(nowMs, done) {
      const last = notes.at(-1);
      if (last !== undefined && nowMs - last.atMs < LEAST_MS / 10) last.done = done;
      else notes.push({ atMs: nowMs, done });
      while (notes.length > 2 && (notes[1]?.atMs ?? nowMs) < nowMs - WINDOW_MS) notes.shift();
    },
    perSecond(nowMs) {
      const [first] = notes;
      const last = notes.at(-1);
      if (first === undefined || last === undefined || nowMs - first.atMs < LEAST_MS) return null;
      return ((last.done - first.done) * 1000) / (nowMs - first.atMs);
    },
  };
}
