import type { IncomingMessage } from 'node:http';

/** Who may talk to the server at all, decided from the request's head alone (HOSTS §4, lines 16 and 17). */
export interface OriginRules {
  scheme: 'http' | 'https';
  /** Names from `--allow-host`, beside the loopback ones. */
  allowedHosts: readonly string[];
}

export interface Refusal {
  status: number;
  message: string;
}

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'headersDistinct'> & { upgrade?: boolean };

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** Null: the request may go on. `isLogin`: a person may come to the login page from anywhere. */
export function refuseForeign(head: Head, rules: OriginRules, isLogin: boolean): Refusal | null {
  const host = onlyValue(head, 'host');
  if (!isOurHost(host, rules.allowedHosts)) {
    return { status: 421, message: 'This name does not belong to Tidemark.' };
  }
  const origin = onlyValue(head, 'origin');
  if (origin === undefined ? requiresOrigin(head) : origin !== `${rules.scheme}://${host ?? ''}`) {
    return { status: 403, message: 'Requests from other pages are refused.' };
  }
  const site = onlyValue(head, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLogin) {
    return { status: 403, message: 'Requests from other pages are refused.' };
  }
  return null;
}

/** Exact names only: browsers send them in lower case, without a trailing dot and without a user. */
export function isOurHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  const parts = /^(.+?)(?::(\d{1,5}))?$/.exec(host ?? '');
  const name = parts?.[1];
  return name !== undefined && (LOOPBACK_HOSTS.includes(name) || allowedHosts.includes(name));
}

const requiresOrigin = ({ method, upgrade }: Head): boolean => upgrade === true || method === 'POST';

/** A header that was sent twice is no header of a browser: its empty text equals nothing that is allowed. */
function onlyValue({ headersDistinct }: Head, name: string): string | undefined {
  const values = headersDistinct[name];
  if (values === undefined) return undefined;
  return values.length === 1 ? values[0] : '';
}
