import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { resolveDataDir } from '../../paths.ts';

export interface ServerOptions {
  dataDir: string;
  /** 0: any free one. */
  port: number;
  /** Loopback unless `--listen` and both TLS files say otherwise. */
  listenAddress: string;
  tls: { cert: Buffer; key: Buffer } | null;
  allowedHosts: string[];
  opensWindow: boolean;
  /** The folder must hold the sample workspace, or nothing yet. */
  demo: boolean;
}

/** Arguments that make no sense; the host ends with 2. */
export class BadOptions extends Error {}

export const SERVER_USAGE = `npm start -- [options]
  --port N            listen on this port (default: any free one)
  --no-open           open no window, print the link only
  --data-dir DIR      the workspace folder (default: TIDEMARK_DATA_DIR, else the system's data folder)
  --demo              open the sample workspace
  --listen ADDRESS    listen beyond this machine; needs --tls-cert FILE and --tls-key FILE
  --allow-host NAME   answer requests for this name as well; may be repeated
`;

const LOOPBACK = '127.0.0.1';

export function parseServerOptions(args: readonly string[], env: NodeJS.ProcessEnv): ServerOptions {
  const values = parse(args);
  const listenAddress = values.listen ?? LOOPBACK;
  if (isIP(listenAddress) === 0) throw new BadOptions(`--listen: "${listenAddress}" is not an IP address`);
  const tls = readTls(values['tls-cert'], values['tls-key']);
  if (listenAddress !== LOOPBACK && tls === null) {
    throw new BadOptions(
      `--listen ${listenAddress}: any address but ${LOOPBACK} needs --tls-cert and --tls-key`,
    );
  }
  return {
    dataDir: resolveDataDir({ flag: values['data-dir'], env }),
    port: parsePort(values.port),
    listenAddress,
    tls,
    allowedHosts: values['allow-host'] ?? [],
    opensWindow: values['no-open'] !== true,
    demo: values.demo ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        'data-dir': { type: 'string' },
        demo: { type: 'boolean' },
        listen: { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        'allow-host': { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error));
  }
}

function parsePort(text = '0'): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new BadOptions(`--port: "${text}" is not a port; expected 0 to 65535`);
}

function readTls(certFile: string | undefined, keyFile: string | undefined): ServerOptions['tls'] {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw new BadOptions('--tls-cert and --tls-key come together');
  return { cert: readTlsFile('--tls-cert', certFile), key: readTlsFile('--tls-key', keyFile) };
}

function readTlsFile(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new BadOptions(`${option}: ${file} cannot be read`);
  }
}
