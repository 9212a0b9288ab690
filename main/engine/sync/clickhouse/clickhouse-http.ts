import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { SecretReader } from '../../secrets/secret-store.ts';
import { secretOf } from '../tables/secret-of.ts';
import { authorityOf } from '../tables/authority-of.ts';
import type { ClickHousePlace } from './clickhouse-config.ts';
import { SilentServer } from '../tables/table-faults.ts';
import { Refusal } from './clickhouse-faults.ts';

/** After its own limit a server says so; this long that may take. */
const GRACE_MS = 5000;
const MOST_ERROR_BYTES = 16 << 10;
const ERROR = /Code: (\d+)/;
const UNKNOWN_SETTING = 115;
const SETTING_REFUSED = new Set([UNKNOWN_SETTING, 164, 452]); // unknown, not for this user, outside what it may set

export interface HttpOptions {
  secrets: SecretReader;
  /** A connection on which nothing arrives for so long, while rows are under way, is given up. */
  idleMs: number;
  sockets: number;
}

type Settings = Readonly<Record<string, string>>;

/** Statements to one server, each read only. */
export class ClickHouseHttp {
  readonly #place: ClickHousePlace;
  readonly #options: HttpOptions;
  #client: Promise<ClickHouseClient> | null = null;
  #settings: Settings | null = null;

  constructor(place: ClickHousePlace, options: HttpOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** All rows of a small answer, each a list of values; `statement` has no FORMAT. */
  async rows(statement: string, signal: AbortSignal): Promise<unknown[][]> {
    const stream = await this.stream(`${statement} FORMAT JSONCompactEachRow`, signal);
    let text = '';
    for await (const chunk of idleGuarded(stream, this.#answerWithinMs, signal))
      text += Buffer.from(chunk).toString('latin1');
    const lines = Buffer.from(text, 'latin1').toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map(parsedRow);
  }

  /** The body of a statement that ends in its FORMAT, once the server begins it. */
  async stream(statement: string, signal: AbortSignal): Promise<Readable> {
    this.#settings ??= await this.#acceptedSettings(signal);
    try {
      return await this.#ask(statement, this.#settings, signal);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === null || !SETTING_REFUSED.has(error.code)) throw error;
      this.#settings = await this.#eachAccepted(this.#settings, signal);
      return this.#ask(statement, this.#settings, signal);
    }
  }

  close(): void {
    void this.#client?.then((client) => client.close()).catch(() => undefined); // it is given up anyway
    this.#client = null;
  }

  /** Longer than this no statement can stay without an answer. */
  get #answerWithinMs(): number {
    return this.#place.statementTimeoutMs + GRACE_MS;
  }

  async #ask(statement: string, settings: Settings, signal: AbortSignal): Promise<Readable> {
    signal.throwIfAborted();
    this.#client ??= this.#connect();
    this.#client.catch(() => (this.#client = null));
    const { stream, http_status_code, response_headers } = await (
      await this.#client
    ).exec({
      query: statement,
      abort_signal: signal,
      ignore_error_response: true,
      clickhouse_settings: settings,
    });
    if (http_status_code === 200) return stream;
    throw await refusalOf(
      idleGuarded(stream, this.#options.idleMs, signal),
      http_status_code ?? 0,
      response_headers,
    );
  }

  async #connect(): Promise<ClickHouseClient> {
    const { host, port, database, user, tls, secret } = this.#place;
    const password = await secretOf(secret, this.#options.secrets);
    const agentOptions = { keepAlive: true, maxSockets: this.#options.sockets };
    return createClient({
      url: `${tls.mode === 'off' ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      username: user,
      password,
      database,
      application: 'tidemark',
      request_timeout: this.#answerWithinMs,
      log: { level: ClickHouseLogLevel.OFF },
      http_agent:
        tls.mode === 'off'
          ? new http.Agent(agentOptions)
          : new https.Agent({
              ...agentOptions,
              rejectUnauthorized: tls.mode === 'verify',
              ...(tls.caFile === null ? {} : { ca: authorityOf(tls.caFile) }),
            }),
    });
  }

  /** Settings that the server knows and this user may change; under a profile that forbids all there are none. */
  async #acceptedSettings(signal: AbortSignal): Promise<Settings> {
    const wanted = settingsOf(this.#place);
    const names = Object.keys(wanted).map((name) => `'${name}'`);
    try {
      const stream = await this.#ask(
        `SELECT name, readonly, value FROM system.settings WHERE name IN (${names.join(', ')}) FORMAT JSONCompactEachRow`,
        {},
        signal,
      );
      let text = '';
      for await (const chunk of idleGuarded(stream, this.#answerWithinMs, signal))
        text += Buffer.from(chunk).toString();
      const rows = text
        .split('\n')
        .filter((line) => line !== '')
        .map(parsedRow);
      const isFree = new Map(rows.map(([name, readonly]) => [String(name), Number(readonly) === 0]));
      const isReadOnly = rows.some(([name, , value]) => name === 'readonly' && Number(value) === 1);
      return isReadOnly
        ? {}
        : Object.fromEntries(Object.entries(wanted).filter(([name]) => isFree.get(name) === true));
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === null || !HIDDEN.has(error.code)) throw error;
      return this.#eachAccepted(wanted, signal);
    }
  }

  async #eachAccepted(settings: Settings, signal: AbortSignal): Promise<Settings> {
    const accepted: Record<string, string> = {};
    for (const [name, value] of Object.entries(settings)) {
      try {
        (await this.#ask('SELECT 1', { [name]: value }, signal)).destroy();
        accepted[name] = value;
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === null || !SETTING_REFUSED.has(error.code))
          throw error;
      }
    }
    return accepted;
  }
}

/** The list of settings is not for this user, or the server has none. */
const HIDDEN = new Set([60, 497]);

const settingsOf = ({ statementTimeoutMs }: ClickHousePlace): Settings => ({
  readonly: '2', // nothing is written; other settings may be given
  max_execution_time: String(Math.ceil(statementTimeoutMs / 1000)),
  timeout_overflow_mode: 'throw',
  read_overflow_mode: 'throw',
  result_overflow_mode: 'throw',
  cancel_http_readonly_queries_on_client_close: '1',
  http_write_exception_in_output_format: '0',
  output_format_json_quote_64bit_integers: '0',
  output_format_json_quote_denormals: '0',
  output_format_json_named_tuples_as_objects: '1',
  output_format_json_escape_forward_slashes: '0',
  output_format_arrow_string_as_string: '1',
  output_format_arrow_low_cardinality_as_dictionary: '0',
  output_format_arrow_compression_method: 'zstd',
});

function parsedRow(line: string): unknown[] {
  try {
    return JSON.parse(line) as unknown[];
  } catch {
    throw new Refusal(200, Number(ERROR.exec(line)?.[1] ?? 0) || null);
  }
}

async function refusalOf(
  body: AsyncIterable<Uint8Array>,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Refusal> {
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > MOST_ERROR_BYTES) break;
  }
  const code = Number(headers['x-clickhouse-exception-code'] ?? ERROR.exec(text)?.[1] ?? 0);
  const seconds = Number(headers['retry-after']);
  return new Refusal(status, code > 0 ? code : null, seconds > 0 ? seconds * 1000 : null);
}

/** The chunks of a body, which ends when nothing comes for too long, or the caller stops. */
export async function* idleGuarded(
  stream: Readable,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = (): void => void stream.destroy(new SilentServer(`nothing came for ${idleMs} ms`));
  const abort = (): void => void stream.destroy(new SilentServer('the caller stopped'));
  signal.addEventListener('abort', abort, { once: true });
  let timer = setTimeout(stop, idleMs);
  try {
    signal.throwIfAborted();
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(stop, idleMs);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}
