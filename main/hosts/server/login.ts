import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LOGIN_TOKEN_BYTES, LOGIN_TRIES_PER_MINUTE } from '../../../shared/limits.ts';

/** Who is logged in: one-use tokens lead to cookies, cookies to logins (HOSTS §4, line 18). Nothing here is stored or
 *  logged; only hashes are kept. */
export interface Login {
  /** A new one-use token. */
  issueToken(lifeMs: number): string;
  /** Takes a token once. `throttled`: too many tries within a minute, whatever the token. */
  redeem(token: string): 'throttled' | 'refused' | { setCookie: string };
  /** The login that a Cookie header belongs to, or null. */
  loginOf(cookieHeader: string | undefined): string | null;
}

export interface LoginOptions {
  nowMs: () => number;
  /** Over TLS the cookie never travels in the clear. */
  isSecure?: boolean;
}

const TOKENS_KEPT = 32; // newest; each press of Enter makes one
const MINUTE_MS = 60_000;

export function createLogin({ nowMs, isSecure = false }: LoginOptions): Login {
  // cookies ignore ports: without a name of its own each run would throw out the others
  const cookieName = `tidemark_${randomBytes(8).toString('hex')}`;
  let tokens: { hash: Buffer; endsMs: number }[] = [];
  const logins: Buffer[] = [];
  let triesMs: number[] = [];

  const isThrottled = (): boolean => {
    triesMs = triesMs.filter((timeMs) => nowMs() - timeMs < MINUTE_MS);
    if (triesMs.length >= LOGIN_TRIES_PER_MINUTE) return true;
    triesMs.push(nowMs());
    return false;
  };

  return {
    issueToken(lifeMs) {
      const token = randomBytes(LOGIN_TOKEN_BYTES).toString('base64url');
      tokens = [...tokens, { hash: hashOf(token), endsMs: nowMs() + lifeMs }].slice(-TOKENS_KEPT);
      return token;
    },
    redeem(token) {
      if (isThrottled()) return 'throttled';
      tokens = tokens.filter(({ endsMs }) => endsMs > nowMs());
      const index = indexOfEqual(
        tokens.map(({ hash }) => hash),
        hashOf(token),
      );
      if (index === -1) return 'refused';
      tokens = tokens.filter((_, each) => each !== index);
      const secret = randomBytes(LOGIN_TOKEN_BYTES).toString('base64url');
      logins.push(hashOf(secret));
      const attributes = ['HttpOnly', 'SameSite=Strict', 'Path=/', ...(isSecure ? ['Secure'] : [])];
      return { setCookie: [`${cookieName}=${secret}`, ...attributes].join('; ') };
    },
    loginOf(cookieHeader = '') {
      const prefix = `${cookieName}=`;
      const cookie = cookieHeader.split('; ').find((each) => each.startsWith(prefix));
      if (cookie === undefined) return null;
      const index = indexOfEqual(logins, hashOf(cookie.slice(prefix.length)));
      return index === -1 ? null : String(index);
    },
  };
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Looks at every entry in full, so that the time taken tells nothing. */
function indexOfEqual(hashes: readonly Buffer[], wanted: Buffer): number {
  let found = -1;
  hashes.forEach((hash, index) => {
    if (timingSafeEqual(hash, wanted)) found = index;
  });
  return found;
}

/** For the control endpoint's bearer secret. */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(hashOf(given), hashOf(expected));
