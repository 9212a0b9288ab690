// npm run check: types, import direction, unused code, format, lint. Prints only what is wrong.
import { CHECK_LANES, runScript } from './tooling/run-script.ts';

const results = await Promise.all(CHECK_LANES.map(checkInTurn));
process.exitCode = results.every((isGreen) => isGreen) ? 0 : 1;

async function checkInTurn(scripts: readonly string[]): Promise<boolean> {
  let isGreen = true;
  for (const script of scripts) {
    const { ok, elapsedMs, output } = await runScript(script);
    isGreen &&= ok;
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${script} (${(elapsedMs / 1000).toFixed(1)} s)\n`);
    if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return isGreen;
}
