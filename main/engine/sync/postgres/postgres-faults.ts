import { AppError } from '../../../../shared/errors.ts';
import type { Verdict } from '../network/retry.ts';
import { networkCodeOf } from '../network/network-code.ts';
import {
  busyServer,
  faultBecauseOf,
  lostColumns,
  networkFault,
  noDatabase,
  noTable,
  otherRefusal,
  refusedLogin,
  refusedTable,
  type TableNames,
  timedOut,
  unfitFilter,
} from '../tables/table-faults.ts';

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
export function postgresFaultOf(cause: unknown, names: TableNames, label: string | null): unknown {
  if (cause instanceof AppError) return cause;
  const fault = faultBecauseOf(cause);
  const state = stateOf(cause);
  switch (state) {
    case '':
      return networkFault(cause, names, { fault, isRefusedTls: isRefusedTls(cause) });
    case '28P01':
    case '28000':
      return refusedLogin(names, fault);
    case '3D000':
      return noDatabase(names, fault);
    case '3F000':
    case '42P01':
      return noTable(names, fault);
    case '42703':
      return lostColumns(names, fault);
    case '42501':
      return refusedTable(names, fault);
    case '22007':
    case '22P02':
    case '42883':
    case '42804':
      return unfitFilter(names, fault);
    case TOO_MANY:
      return fault('source-unreachable', `${names.host} has no connection left; it is tried again later`);
    case TIMED_OUT:
      return timedOut(cause, names, { label, advice: 'index its cursor column' });
  }
  return PASSING.test(state) || state.startsWith('53')
    ? busyServer(names, fault, state)
    : otherRefusal(names, fault, state);
}

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
