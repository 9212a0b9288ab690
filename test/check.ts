// npm run check: types, import direction, unused code, format, lint. Prints only what is wrong.
import { CHECK_SCRIPTS, runScript } from './tooling/run-script.ts';

let failed = 0;
for (const script of CHECK_SCRIPTS) {
  const { ok, elapsedMs, output } = await runScript(script);
  if (!ok) failed += 1;
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${script} (${(elapsedMs / 1000).toFixed(1)} s)\n`);
  if (!ok) process.stdout.write(`${output.trimEnd()}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
