import pg from 'pg';
import type { SecretReader } from '../../secrets/secret-store.ts';
import { authorityOf } from '../tables/authority-of.ts';
import { secretOf } from '../tables/secret-of.ts';
import type { PostgresPlace } from './postgres-config.ts';
import { SilentServer } from '../tables/table-faults.ts';
import { stateOf } from './postgres-faults.ts';

const CONNECT_WITHIN_MS = 10_000;
/** Whoever alters the table must not wait behind one who waits for it. */
const LOCK_WITHIN_MS = 10_000;
/** After its own limit a server says so; this long that may take. */
const GRACE_MS = 5000;

export interface PostgresOptions {
  secrets: SecretReader;
  /** A connection on which nothing arrives for so long, while rows are under way, is given up. */
  idleMs: number;
}

/** A connection inside a transaction that reads only. */
export interface ReadTransaction {
  client: pg.Client;
  /** What `work` waits for, unless the server stays silent for too long or the caller stops. */
  answered: <T>(work: Promise<T>, withinMs: number) => Promise<T>;
}

type Setting = readonly [name: string, value: string];

/**
 * Connections to one server, each used by one transaction at a time. Settings hold for the transaction only, so that they
 * also reach the right session behind a pooler.
 */
export class PostgresConnections {
  readonly #place: PostgresPlace;
  readonly #options: PostgresOptions;
  readonly #idle: pg.Client[] = [];
  readonly #open = new Set<pg.Client>();
  #settings: readonly Setting[];

  constructor(place: PostgresPlace, options: PostgresOptions) {
    this.#place = place;
    this.#options = options;
    this.#settings = settingsOf(place);
  }

  /** Longer than this no statement can stay without an answer. */
  get answerWithinMs(): number {
    return this.#place.statementTimeoutMs + GRACE_MS;
  }

  get idleMs(): number {
    return this.#options.idleMs;
  }

  async begin(signal: AbortSignal): Promise<ReadTransaction> {
    signal.throwIfAborted();
    const client = this.#idle.pop() ?? (await this.#connect());
    const transaction: ReadTransaction = {
      client,
      answered: (work, withinMs) => answered(client, work, { withinMs, signal }),
    };
    try {
      await transaction.answered(this.#start(client), CONNECT_WITHIN_MS);
      return transaction;
    } catch (error) {
      this.drop(client);
      throw error;
    }
  }

  /** The transaction is over and the connection free again. */
  async end({ client, answered }: ReadTransaction): Promise<void> {
    try {
      await answered(client.query('ROLLBACK'), CONNECT_WITHIN_MS);
      this.#idle.push(client);
    } catch {
      this.drop(client); // nothing was written, so nothing is lost
    }
  }

  /** The server notices when it writes next. */
  drop(client: pg.Client): void {
    this.#open.delete(client);
    client.connection.stream.destroy();
  }

  close(): void {
    for (const client of this.#open) {
      if (this.#idle.includes(client))
        client.end().catch(() => undefined); // it is given up anyway
      else this.drop(client);
    }
    this.#open.clear();
    this.#idle.length = 0;
  }

  async #connect(): Promise<pg.Client> {
    const { host, port, database, user, tls } = this.#place;
    const password = await secretOf(this.#place.secret, this.#options.secrets);
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      password: () => password,
      ssl: sslOf(tls),
      application_name: 'tidemark',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      keepAlive: true,
    });
    client.on('error', () => this.#forget(client)); // told to whoever uses it
    this.#open.add(client);
    try {
      await client.connect();
    } catch (error) {
      this.drop(client);
      throw error;
    }
    return client;
  }

  #forget(client: pg.Client): void {
    this.#open.delete(client);
    const at = this.#idle.indexOf(client);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  /** Some servers do not know every setting; what one refuses is left out from then on. */
  async #start(client: pg.Client): Promise<void> {
    try {
      await client.query(beginWith(this.#settings));
    } catch (error) {
      if (!isRefusedSetting(error)) throw error;
      await client.query('ROLLBACK');
      const known: Setting[] = [];
      for (const setting of this.#settings) if (await isAccepted(client, setting)) known.push(setting);
      this.#settings = known;
      await client.query(beginWith(known));
    }
  }
}

const settingsOf = ({ statementTimeoutMs }: PostgresPlace): readonly Setting[] => [
  ['statement_timeout', String(statementTimeoutMs)],
  ['lock_timeout', String(LOCK_WITHIN_MS)],
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, MDY'],
  ['intervalstyle', 'iso_8601'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '3'],
  ['client_encoding', 'UTF8'],
  ['client_connection_check_interval', '5000'], // ends what nobody waits for any more
];

const beginWith = (settings: readonly Setting[]): string =>
  ['BEGIN READ ONLY', ...settings.map(setLocal)].join('; ');

const setLocal = ([name, value]: Setting): string => `SET LOCAL ${name} TO ${pg.escapeLiteral(value)}`;

async function isAccepted(client: pg.Client, setting: Setting): Promise<boolean> {
  try {
    await client.query(beginWith([setting]));
    return true;
  } catch (error) {
    if (!isRefusedSetting(error)) throw error;
    return false;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Unknown, not for this user, not on this system, or not supported. */
const isRefusedSetting = (error: unknown): boolean =>
  ['42704', '42501', '22023', '0A000', '55P02', '42601'].includes(stateOf(error));

function sslOf({ mode, caFile }: PostgresPlace['tls']): pg.ClientConfig['ssl'] {
  if (mode === 'off') return false;
  return {
    rejectUnauthorized: mode === 'verify',
    ...(caFile === null ? {} : { ca: authorityOf(caFile) }),
  };
}

/** A server that is cut off says nothing: then, and when the caller stops, the connection ends. */
async function answered<T>(
  client: pg.Client,
  work: Promise<T>,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<T> {
  const { stream } = client.connection;
  const stop = (): void => void stream.destroy();
  const timer = setTimeout(
    () => stream.destroy(new SilentServer(`no answer within ${withinMs} ms`)),
    withinMs,
  );
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
