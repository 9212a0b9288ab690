// A ClickHouse over HTTP: SQL, settings and FORMAT go unread to a real engine that lives in this process, one statement
// at a time. Arguments: path of the engine's package, the password of the reader, `old` for the ways of an old server.
// Prints its port.
import { createRequire } from 'node:module';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';

interface Engine {
  query: (sql: string) => string;
  queryAsync: (sql: string) => Promise<{ bytes: () => Uint8Array }>;
}
interface EngineModule {
  Session: new () => Engine;
}

const [packageFile = '', password = '', age = 'new'] = process.argv.slice(2);
const { Session } = createRequire(packageFile)('chdb') as EngineModule;
const engine = new Session();
engine.query('CREATE DATABASE product');

const OWNER = 'owner';
const PIECE_BYTES = 64 << 10;
/** Parameters of a request that are no settings. */
const NO_SETTINGS = new Set(['query', 'database', 'query_id', 'session_id', 'user', 'password', 'role']);
const NEW_SETTINGS = /^(?:output_format_arrow|http_write_exception|output_format_json_named)/;

let turn: Promise<void> = Promise.resolve();

const server = createServer((request, response) => {
  turn = turn.then(() => answer(request, response)).catch(() => void response.destroy());
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await bodyOf(request);
  const user = userOf(request);
  if (user === null) {
    refuse(response, 516, 'reader: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)');
    return;
  }
  const settings = [...url.searchParams].filter(([name]) => !NO_SETTINGS.has(name));
  if (user !== OWNER) settings.push(['max_threads', '1']); // a machine of few cores runs many tests
  const unknown = age === 'old' ? settings.find(([name]) => NEW_SETTINGS.test(name)) : undefined;
  if (unknown !== undefined) {
    refuse(response, 115, `Unknown setting ${unknown[0]}. (UNKNOWN_SETTING)`);
    return;
  }
  const sql = [url.searchParams.get('query') ?? '', body].join(' ').trim();
  if (age === 'old' && sql.includes('system.formats')) {
    refuse(response, 60, "Table system.formats doesn't exist. (UNKNOWN_TABLE)");
    return;
  }
  await run(response, { sql, settings, database: url.searchParams.get('database') ?? 'default' });
}

async function run(
  response: ServerResponse,
  { sql, settings, database }: { sql: string; settings: readonly [string, string][]; database: string },
): Promise<void> {
  const given = settings.map(([name, value]) => `${name} = '${value}'`).join(', ');
  try {
    engine.query(`USE \`${database}\``);
    const isSelect = /^\s*SELECT/i.test(sql);
    const bytes = (
      await engine.queryAsync(isSelect && given !== '' ? `${sql}\nSETTINGS ${given}` : sql)
    ).bytes();
    for (let at = 0; at < bytes.length && !response.destroyed; at += PIECE_BYTES)
      if (!response.write(bytes.subarray(at, at + PIECE_BYTES))) await drained(response);
    response.end();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    refuse(response, Number(/Code: (\d+)/.exec(message)?.[1] ?? 1001), message);
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** null: the password is wrong. */
function userOf({ headers }: IncomingMessage): string | null {
  const [, basic = ''] = (headers.authorization ?? '').split(' ');
  const [user = '', ...rest] = Buffer.from(basic, 'base64').toString().split(':');
  if (user === OWNER) return OWNER;
  return rest.join(':') === password ? user : null;
}

function refuse(response: ServerResponse, code: number, message: string): void {
  response.writeHead(code === 516 ? 403 : code === 60 ? 404 : 500, {
    'x-clickhouse-exception-code': String(code),
  });
  response.end(`Code: ${code}. DB::Exception: ${message}\n`);
}

process.on('disconnect', () => process.exit()); // whoever started it is gone
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
});
