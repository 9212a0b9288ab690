import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServerHost, startServerHost } from '../../main/hosts/server/server-host.ts';
import { openLog } from '../../main/log.ts';
import { createNodeForker, type ForkedRole } from '../../main/supervisor/forks.ts';

export const CONTROL_SECRET = 'control-secret-of-the-test';

export interface TestHost extends ServerHost {
  folder: string;
  rendererDir: string;
  dataDir: string;
}

/** A real server host on a folder of its own. Its two processes are the contract's answering end unless said
 *  otherwise, its interface two small files. */
export async function startTestHost(
  options: {
    entries?: Record<ForkedRole, string>;
    rendererDir?: string;
    allowedHosts?: string[];
    tls?: { cert: Buffer; key: Buffer };
  } = {},
): Promise<TestHost> {
  const answering = path.join(import.meta.dirname, '../contract/child-entry.ts');
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-host-'));
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir);
  const rendererDir = options.rendererDir ?? makeRenderer(folder);
  const host = await startServerHost({
    dataDir,
    port: 0,
    listenAddress: '127.0.0.1',
    tls: options.tls ?? null,
    allowedHosts: options.allowedHosts ?? [],
    app: 'tidemark test',
    rendererDir,
    fork: createNodeForker({ entries: options.entries ?? { engine: answering, query: answering } }),
    log: openLog(dataDir),
    controlSecret: CONTROL_SECRET,
  });
  return {
    ...host,
    folder,
    dataDir,
    rendererDir,
    stop: async () => {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeRenderer(folder: string): string {
  const rendererDir = path.join(folder, 'renderer');
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(path.join(rendererDir, 'assets', 'app-1a2b3c.js'), 'export {};');
  return rendererDir;
}
