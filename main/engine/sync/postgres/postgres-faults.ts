import { AppError } from '../../../../shared/errors.ts';
import type { Verdict } from '../network/retry.ts';
import { networkCodeOf } from '../network/network-code.ts';
import { ObjectFault } from '../object-fault.ts';
import { SourceFault } from '../source-fault.ts';

/** Names of what failed, as messages call them. */
export interface PostgresNames {
  host: string;
  database: string;
  user: string;
  /** null: none is asked for. */
  secret: string | null;
  table: string;
  statementTimeoutMs: number;
}

/** The server did not say anything for too long. */
export class SilentServer extends Error {}
/** The answer ended before it was whole. */
export class BrokenAnswer extends Error {}

/** Classes of SQLSTATE, and states, that pass by themselves. */
const PASSING = /^(?:08|57P0[1-5]$|40001$|40P01$|55P03$|25P0[34]$)/;
const TOO_MANY = '53300';
const TIMED_OUT = '57014';

export function judgePostgres(error: unknown): Verdict {
  if (error instanceof AppError) return { kind: 'fail' };
  const state = stateOf(error);
  if (state === TOO_MANY) return { kind: 'slow-down', retryAfterMs: null };
  if (state !== '') return { kind: PASSING.test(state) ? 'again' : 'fail' };
  return { kind: networkCodeOf(error) === 'ENOTFOUND' || isRefusedTls(error) ? 'fail' : 'again' };
}

/** What a statement that was given up on means: a SourceFault or ObjectFault with a next step; never the server's words,
 *  which may hold values. */
export function postgresFaultOf(cause: unknown, names: PostgresNames, label: string | null): unknown {
  if (cause instanceof AppError) return cause;
  const fault = (...[code, message]: [SourceFault['code'], string]): SourceFault =>
    new SourceFault(code, message, { cause });
  const { host, table } = names;
  const state = stateOf(cause);
  switch (state) {
    case '28P01':
    case '28000':
      return fault('auth-failed', `${host} does not let "${names.user}" in; ${passwordStep(names)}`);
    case '3D000':
      return fault('not-found', `there is no database "${names.database}" at ${host}`);
    case '3F000':
    case '42P01':
      return fault(
        'schema-drift',
        `there is no table "${table}" that "${names.user}" can see; check its name`,
      );
    case '42703':
      return fault(
        'schema-drift',
        `columns of "${table}" are gone or renamed; the next sync reads its shape anew`,
      );
    case '42501':
      return fault('auth-failed', `"${names.user}" may not read "${table}"; grant SELECT on it`);
    case '22007':
    case '22P02':
    case '42883':
    case '42804':
      return fault('bad-input', `a filter or the cursor of "${table}" does not fit the type of its column`);
    case TOO_MANY:
      return fault('source-unreachable', `${host} has no connection left; it is tried again later`);
    case TIMED_OUT:
      return timedOut(cause, names, label);
  }
  if (state === '') return networkFault(cause, names, fault);
  if (PASSING.test(state) || state.startsWith('53'))
    return fault('source-unreachable', `${host} cannot answer just now (${state}); it is tried again later`);
  return fault('not-readable', `${host} refuses to read "${table}" (${state}); its own log says why`);
}

/** Rows that stopped coming: the rest of this part is had next time, whatever the reason. */
export function brokenRead(cause: unknown, names: PostgresNames, label: string): unknown {
  const wider = postgresFaultOf(cause, names, label);
  if (!(wider instanceof SourceFault)) return wider;
  const message = `${label} did not arrive whole: ${wider.message}`;
  return new ObjectFault(wider.code, message, { cause, retryable: true });
}

function timedOut(
  cause: unknown,
  { table, statementTimeoutMs }: PostgresNames,
  label: string | null,
): AppError {
  const seconds = Math.round(statementTimeoutMs / 1000);
  const advice = 'index its cursor column, or allow the source more time';
  return label === null
    ? new SourceFault('source-unreachable', `counting "${table}" takes longer than ${seconds} s; ${advice}`, {
        cause,
      })
    : new ObjectFault('not-readable', `reading ${label} takes longer than ${seconds} s; ${advice}`, {
        cause,
        retryable: true,
      });
}

function networkFault(
  cause: unknown,
  { host, table }: PostgresNames,
  fault: (code: SourceFault['code'], message: string) => SourceFault,
): SourceFault {
  const code = networkCodeOf(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fault('source-unreachable', `the name ${host} cannot be resolved; check it and the network`);
  if (code === 'ECONNREFUSED')
    return fault('source-unreachable', `nothing answers at ${host}; check host and port, or try again later`);
  if (isRefusedTls(cause))
    return fault(
      'source-unreachable',
      `no trusted encryption with ${host}${code === '' ? '' : ` (${code})`}; check its certificate, or the source's tls`,
    );
  return fault(
    'source-unreachable',
    `${host} broke off while it was asked for "${table}"; it is tried again later`,
  );
}

const passwordStep = ({ secret }: PostgresNames): string =>
  secret === null
    ? 'give the source a secret that holds the password'
    : `check the password: "tidemark secrets set ${secret}"`;

/** SQLSTATE; empty: the server did not send the error. */
export function stateOf(error: unknown): string {
  const { code, severity } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    severity?: unknown;
  };
  return typeof severity === 'string' && typeof code === 'string' ? code : '';
}

const isRefusedTls = (error: unknown): boolean =>
  /CERT|TLS|SSL/.test(networkCodeOf(error)) ||
  (error instanceof Error && /does not support SSL|certificate|establishing an SSL/i.test(error.message));
