import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Everything that a change must pass without running the program: scripts of package.json, in lanes that run beside each
 * other. The linter takes as long as all the others.
 */
export const CHECK_LANES = [['types', 'deps', 'knip', 'fmt:check'], ['lint']] as const;

export interface ScriptResult {
  ok: boolean;
  elapsedMs: number;
  /** Both streams, in order of arrival. */
  output: string;
}

/** Runs `npm run <script>` and keeps what it printed; `onStart` hands out the child so that a deadline can end it. */
export function runScript(script: string, onStart?: (child: ChildProcess) => void): Promise<ScriptResult> {
  const startedMs = performance.now();
  const npm = process.env['npm_execpath'];
  const args = ['run', '--silent', script];
  const child =
    npm === undefined
      ? spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      : spawn(process.execPath, [npm, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  onStart?.(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve) => {
    const end = (ok: boolean): void => resolve({ ok, elapsedMs: performance.now() - startedMs, output });
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
