/** What the server host says to the person who started it. */
export interface Terminal {
  line(text: string): void;
  /** Replaced by the next one on a terminal; elsewhere now and then a line. */
  progress(text: string): void;
  fault(text: string): void;
}

interface Streams {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown };
}

const LINE_EVERY_MS = 5_000;

export function createTerminal({ stdout, stderr }: Streams, nowMs: () => number): Terminal {
  let isProgressShown = false;
  let lastLineMs = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (isProgressShown) stdout.write('\r\u001b[K');
    isProgressShown = false;
  };
  return {
    line(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    progress(text) {
      if (stdout.isTTY === true) {
        clear();
        stdout.write(text);
        isProgressShown = true;
      } else if (nowMs() - lastLineMs >= LINE_EVERY_MS) {
        lastLineMs = nowMs();
        stdout.write(`${text}\n`);
      }
    },
    fault(text) {
      clear();
      stderr.write(`${text}\n`);
    },
  };
}
