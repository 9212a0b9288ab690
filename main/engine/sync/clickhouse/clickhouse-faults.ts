import { AppError } from '../../../../shared/errors.ts';
import { networkCodeOf } from '../network/network-code.ts';
import type { Verdict } from '../network/retry.ts';
import type { SourceFault } from '../source-fault.ts';
import {
  busyServer,
  faultBecauseOf,
  lostColumns,
  type MakeFault,
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
export function clickHouseFaultOf(cause: unknown, names: TableNames, label: string | null): unknown {
  if (cause instanceof AppError) return cause;
  const fault = faultBecauseOf(cause);
  if (!(cause instanceof Refusal))
    return networkFault(cause, names, { fault, isRefusedTls: isRefusedTls(cause) });
  const { code, status } = cause;
  if (code === null) return strangerFault(status, names, fault);
  if (NO_LOGIN.has(code)) return refusedLogin(names, fault);
  if (NO_SUCH_COLUMN.has(code)) return lostColumns(names, fault);
  if (OTHER_TYPE.has(code)) return unfitFilter(names, fault);
  if (TIMED_OUT.has(code))
    return timedOut(cause, names, { label, advice: 'order the table by its cursor column' });
  if (ASKED_TOO_MUCH.has(code) || PASSING.has(code)) return busyServer(names, fault, code);
  switch (code) {
    case 60:
      return noTable(names, fault);
    case 81:
      return noDatabase(names, fault);
    case 497:
      return refusedTable(names, fault);
    case 158:
    case 307:
    case 396:
      return fault(
        'not-readable',
        `"${names.user}" may not read as many rows of "${names.table}" at once; raise its limits`,
      );
    default:
      return otherRefusal(names, fault, code);
  }
}

/** A proxy, a load balancer, or something else that listens there. */
function strangerFault(status: number, names: TableNames, fault: MakeFault): SourceFault {
  if (status === 401 || status === 403) return refusedLogin(names, fault);
  if (status === 429 || status >= 500) return busyServer(names, fault, status);
  return fault(
    'source-unreachable',
    `${names.host} does not answer as ClickHouse does (${status}); check host and port`,
  );
}

const isRefusedTls = (error: unknown): boolean =>
  /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO/.test(networkCodeOf(error));
