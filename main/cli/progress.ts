import type { CommandOutput } from './command.ts';

export interface ProgressLine {
  /** `total` 0: how much there is in all is not known yet. */
  show: (text: string, done: number, total: number) => void;
  /** Takes the bar away; what is printed next begins on a clean line. */
  end: () => void;
}

const BAR_CELLS = 24;
const LINE_EVERY_MS = 5_000; // where no bar can be redrawn, a line now and then

/** A bar that redraws itself on a terminal, lines elsewhere (QUERY.md, command line). */
export function createProgress(output: CommandOutput, nowMs: () => number): ProgressLine {
  let isShown = false;
  let nextLineMs = nowMs() + LINE_EVERY_MS;
  return {
    show(text, done, total) {
      if (output.isTTY === true) {
        output.write(`\r\u001b[K${barOf(done, total)} ${text}`);
        isShown = true;
      } else if (nowMs() >= nextLineMs) {
        output.write(`${text}\n`);
        nextLineMs = nowMs() + LINE_EVERY_MS;
      }
    },
    end() {
      if (isShown) output.write('\r\u001b[K');
      isShown = false;
    },
  };
}

function barOf(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.round((Math.min(done, total) / total) * BAR_CELLS);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_CELLS - filled)}]`;
}
