import type { AppError } from '../../../../shared/errors.ts';
import { networkCodeOf } from '../network/network-code.ts';
import { ObjectFault } from '../object-fault.ts';
import { SourceFault } from '../source-fault.ts';

/** What a failure means wherever a table lies; each database adds how it words its own. */

/** Names of what failed, as messages call them. */
export interface TableNames {
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

export type MakeFault = (code: SourceFault['code'], message: string) => SourceFault;

export const faultBecauseOf =
  (cause: unknown): MakeFault =>
  (code, message) =>
    new SourceFault(code, message, { cause });

export const refusedLogin = ({ host, user, secret }: TableNames, fault: MakeFault): SourceFault =>
  fault(
    'auth-failed',
    `${host} does not let "${user}" in; ${
      secret === null
        ? 'give the source a secret that holds the password'
        : `check the password: "tidemark secrets set ${secret}"`
    }`,
  );

export const noDatabase = ({ database, host }: TableNames, fault: MakeFault): SourceFault =>
  fault('not-found', `there is no database "${database}" at ${host}`);

export const noTable = ({ table, user }: TableNames, fault: MakeFault): SourceFault =>
  fault('schema-drift', `there is no table "${table}" that "${user}" can see; check its name`);

export const lostColumns = ({ table }: TableNames, fault: MakeFault): SourceFault =>
  fault('schema-drift', `columns of "${table}" are gone or renamed; the next sync reads its shape anew`);

export const refusedTable = ({ table, user }: TableNames, fault: MakeFault): SourceFault =>
  fault('auth-failed', `"${user}" may not read "${table}"; grant SELECT on it`);

export const unfitFilter = ({ table }: TableNames, fault: MakeFault): SourceFault =>
  fault('bad-input', `a filter or the cursor of "${table}" does not fit the type of its column`);

/** `code`: what the server calls it. */
export const busyServer = ({ host }: TableNames, fault: MakeFault, code: string | number): SourceFault =>
  fault('source-unreachable', `${host} cannot answer just now (${code}); it is tried again later`);

export const otherRefusal = (
  { host, table }: TableNames,
  fault: MakeFault,
  code: string | number,
): SourceFault => fault('not-readable', `${host} refuses to read "${table}" (${code}); its own log says why`);

/** `label`: what was read; null: it was counted. `advice`: what makes the database quicker. */
export function timedOut(
  cause: unknown,
  { table, statementTimeoutMs }: TableNames,
  { label, advice }: { label: string | null; advice: string },
): AppError {
  const seconds = Math.round(statementTimeoutMs / 1000);
  const rest = `takes longer than ${seconds} s; ${advice}, or allow the source more time`;
  return label === null
    ? new SourceFault('source-unreachable', `counting "${table}" ${rest}`, { cause })
    : new ObjectFault('not-readable', `reading ${label} ${rest}`, { cause, retryable: true });
}

export function networkFault(
  cause: unknown,
  { host, table }: TableNames,
  { fault, isRefusedTls }: { fault: MakeFault; isRefusedTls: boolean },
): SourceFault {
  const code = networkCodeOf(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return fault('source-unreachable', `the name ${host} cannot be resolved; check it and the network`);
  if (code === 'ECONNREFUSED')
    return fault('source-unreachable', `nothing answers at ${host}; check host and port, or try again later`);
  if (isRefusedTls)
    return fault(
      'source-unreachable',
      `no trusted encryption with ${host}${code === '' ? '' : ` (${code})`}; check its certificate, or the source's tls`,
    );
  return fault(
    'source-unreachable',
    `${host} broke off while it was asked for "${table}"; it is tried again later`,
  );
}

/** Rows that stopped coming: the rest of this part is had next time, whatever the reason (`wider`). */
export function brokenRead(cause: unknown, wider: unknown, label: string): unknown {
  if (!(wider instanceof SourceFault)) return wider;
  const message = `${label} did not arrive whole: ${wider.message}`;
  return new ObjectFault(wider.code, message, { cause, retryable: true });
}
