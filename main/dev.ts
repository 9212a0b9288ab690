// npm run dev [-- arguments of the server host]: the server host, with the interface from Vite's development server in
// front of it. A change of the interface shows at once; a change of main or shared restarts the host.
import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createServer, type ViteDevServer } from 'vite';
import { buildParts } from './build/build-parts.ts';
import { PARTS } from './build/freshness.js';

const SETTLE_MS = 200; // an editor writes several files, or one in several steps
const SERVED_BY_HOST = ['/login', '/blob', '/rpc'];
/** What Vite's client needs beyond shared/csp.ts: its own inline script, styles put in by script, its own socket. */
const POLICY =
  "default-src 'self' 'unsafe-inline' data: blob:; connect-src 'self' ws:; frame-ancestors 'none'";

const root = path.resolve(import.meta.dirname, '..');
const hostArgs = process.argv.slice(2);

let host: ChildProcess | undefined;
let pages: ViteDevServer | undefined;
let hostOrigin: string | undefined;

await buildParts({ root, parts: PARTS });
startHost(hostArgs);
for (const folder of ['main', 'shared'])
  watch(path.join(root, folder), { recursive: true }, debounced(restartHost));

function startHost(args: readonly string[]): void {
  const entry = path.join(root, 'dist', 'main', 'server.mjs');
  const child = spawn(process.execPath, [entry, ...args, '--no-open'], {
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  host = child;
  let shown = Promise.resolve(); // in order, though the first address waits for the development server
  createInterface({ input: child.stdout }).on('line', (line) => {
    shown = shown.then(() => show(line));
  });
  child.on('exit', (code) => {
    if (host === child) process.exit(code ?? 0); // not one that was replaced
  });
}

/** Passes on what the host says, with its address turned into that of the development server. */
async function show(line: string): Promise<void> {
  const origin = /https?:\/\/[^/\s]+/.exec(line)?.[0];
  if (origin === undefined) {
    process.stdout.write(`${line}\n`);
    return;
  }
  hostOrigin ??= origin;
  pages ??= await servePages(origin);
  const address = pages.resolvedUrls?.local[0] ?? '';
  process.stdout.write(`${line.replaceAll(origin, address.replace(/\/$/, ''))}\n`);
}

async function servePages(target: string): Promise<ViteDevServer> {
  const proxy = Object.fromEntries(
    SERVED_BY_HOST.map((prefix) => [prefix, { target, ws: prefix === '/rpc' }]),
  );
  const server = await createServer({
    configFile: path.join(root, 'renderer', 'vite.config.ts'),
    configLoader: 'native',
    server: { host: '127.0.0.1', proxy, headers: { 'content-security-policy': POLICY } },
  });
  return server.listen();
}

async function restartHost(): Promise<void> {
  const built: string[] = [];
  try {
    await buildParts({ root, parts: ['main'], onBuilt: (part) => built.push(part) });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return;
  }
  const previous = host;
  if (built.length === 0 || previous === undefined || hostOrigin === undefined) return;
  host = undefined;
  previous.once('exit', () => startHost([...hostArgs, '--port', new URL(hostOrigin ?? '').port]));
  previous.kill('SIGTERM');
}

function debounced(work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => void work(), SETTLE_MS);
  };
}
