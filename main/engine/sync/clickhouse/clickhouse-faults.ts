import { AppError } from '../../../../shared/errors.ts';
import { networkCodeOf } from '../network/network-code.ts';
import type { Verdict } from '../network/retry.ts';
import { ObjectFault } from '../object-fault.ts';
import { SourceFault } from '../source-fault.ts';

/** Names of what failed, as messages call them. */
export interface ClickHouseNames {
  host: string;
  database: string;
  user: string;
  /** null: none is asked for. */
  secret: string | null;
  table: string;
  statementTimeoutMs: number;
}

/** What the server, or somebody in its place, answers instead of rows; its own words may hold values. */
export class Refusal extends Error {
  readonly status: number;
  /** ClickHouse's number of the error; null: whoever answered is none. */
  readonly code: number | null;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: number | null, retryAfterMs: number | null = null) {
    super(`refused: ${status}${code === null ? '' : `, code ${code}`}`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nothing came for too long. */
export class SilentServer extends Error {}
/** The answer ended before it was whole. */
export class BrokenAnswer extends Error {}

const NO_SUCH_COLUMN = new Set([8, 10, 16, 47, 352]);
const OTHER_TYPE = new Set([6, 27, 38, 41, 43, 53, 70, 72, 386]);
const NO_LOGIN = new Set([192, 193, 194, 516]);
const TIMED_OUT = new Set([159, 160]);
const ASKED_TOO_MUCH = new Set([202, 201, 439, 745]);
/** Memory, replicas and connections behind it, a restart: they pass by themselves. */
const PASSING = new Set([
  3, 32, 33, 74, 95, 198, 203, 209, 210, 216, 225, 236, 241, 242, 254, 279, 319, 369, 373, 394, 425, 499, 519,
  999,
]);

/** The table is not what it was when it was looked at. */
export const isShapeChanged = (error: unknown): boolean =>
  error instanceof Refusal &&
  error.code !== null &&
  (error.code === 60 || NO_SUCH_COLUMN.has(error.code) || OTHER_TYPE.has(error.code));

export function judgeClickHouse(error: unknown): Verdict {
  if (error instanceof AppError) return { kind: 'fail' };
  if (!(error instanceof Refusal))
    return { kind: networkCodeOf(error) === 'ENOTFOUND' || isRefusedTls(error) ? 'fail' : 'again' };
  const { status, code, retryAfterMs } = error;
  if (code === null ? status === 429 || status === 503 : ASKED_TOO_MUCH.has(code))
    return { kind: 'slow-down', retryAfterMs };
  const passes = code === null ? status >= 500 || status === 408 || status < 300 : PASSING.has(code);
  return { kind: passes ? 'again' : 'fail' };
}

/** What a statement that was given up on means: a SourceFault or ObjectFault with a next step. */
export function clickHouseFaultOf(cause: unknown, names: ClickHouseNames, label: string | null): unknown {
  if (cause instanceof AppError) return cause;
  const fault = (...[code, message]: [SourceFault['code'], string]): SourceFault =>
    new SourceFault(code, message, { cause });
  if (!(cause instanceof Refusal)) return networkFault(cause, names, fault);
  const { host, table, user } = names;
  const { code, status } = cause;
  if (code === null) return strangerFault(status, names, fault);
  if (NO_LOGIN.has(code))
    return fault('auth-failed', `${host} does not let "${user}" in; ${passwordStep(names)}`);
  if (NO_SUCH_COLUMN.has(code))
    return fault(
      'schema-drift',
      `columns of "${table}" are gone or renamed; the next sync reads its shape anew`,
    );
  if (OTHER_TYPE.has(code))
    return fault('bad-input', `a filter or the cursor of "${table}" does not fit the type of its column`);
  if (TIMED_OUT.has(code)) return timedOut(cause, names, label);
  if (ASKED_TOO_MUCH.has(code) || PASSING.has(code))
    return fault('source-unreachable', `${host} cannot answer just now (${code}); it is tried again later`);
  switch (code) {
    case 60:
      return noTable(names, cause);
    case 81:
      return fault('not-found', `there is no database "${names.database}" at ${host}`);
    case 497:
      return fault('auth-failed', `"${user}" may not read "${table}"; grant SELECT on it`);
    case 158:
    case 307:
    case 396:
      return fault(
        'not-readable',
        `"${user}" may not read as many rows of "${table}" at once; raise its limits`,
      );
    default:
      return fault('not-readable', `${host} refuses to read "${table}" (${code}); its own log says why`);
  }
}

export const noTable = ({ table, user }: ClickHouseNames, cause?: unknown): SourceFault =>
  new SourceFault('schema-drift', `there is no table "${table}" that "${user}" can see; check its name`, {
    cause,
  });

/** Rows that stopped coming: the rest of this part is had next time, whatever the reason. */
export function brokenRead(cause: unknown, names: ClickHouseNames, label: string): unknown {
  const wider = clickHouseFaultOf(cause, names, label);
  if (!(wider instanceof SourceFault)) return wider;
  const message = `${label} did not arrive whole: ${wider.message}`;
  return new ObjectFault(wider.code, message, { cause, retryable: true });
}

type MakeFault = (code: SourceFault['code'], message: string) => SourceFault;

/** A proxy, a load balancer, or something else that listens there. */
function strangerFault(status: number, names: ClickHouseNames, fault: MakeFault): SourceFault {
  const { host } = names;
  if (status === 401 || status === 403)
    return fault('auth-failed', `${host} does not let "${names.user}" in; ${passwordStep(names)}`);
  if (status === 429 || status >= 500)
    return fault('source-unreachable', `${host} cannot answer just now (${status}); it is tried again later`);
  return fault(
    'source-unreachable',
    `${host} does not answer as ClickHouse does (${status}); check host and port`,
  );
}

function timedOut(
  cause: unknown,
  { table, statementTimeoutMs }: ClickHouseNames,
  label: string | null,
): AppError {
  const seconds = Math.round(statementTimeoutMs / 1000);
  const advice = 'order the table by its cursor column, or allow the source more time';
  return label === null
    ? new SourceFault('source-unreachable', `counting "${table}" takes longer than ${seconds} s; ${advice}`, {
        cause,
      })
    : new ObjectFault('not-readable', `reading ${label} takes longer than ${seconds} s; ${advice}`, {
        cause,
        retryable: true,
      });
}

function networkFault(cause: unknown, { host, table }: ClickHouseNames, fault: MakeFault): SourceFault {
  const code = networkCodeOf(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fault('source-unreachable', `the name ${host} cannot be resolved; check it and the network`);
  if (code === 'ECONNREFUSED')
    return fault('source-unreachable', `nothing answers at ${host}; check host and port, or try again later`);
  if (isRefusedTls(cause))
    return fault(
      'source-unreachable',
      `no trusted encryption with ${host} (${code}); check its certificate, or the source's tls`,
    );
  return fault(
    'source-unreachable',
    `${host} broke off while it was asked for "${table}"; it is tried again later`,
  );
}

const passwordStep = ({ secret }: ClickHouseNames): string =>
  secret === null
    ? 'give the source a secret that holds the password'
    : `check the password: "tidemark secrets set ${secret}"`;

const isRefusedTls = (error: unknown): boolean =>
  /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/.test(networkCodeOf(error));
