import type { CustomScheme } from 'electron';
import { securityHeaders } from '../../../shared/security-headers.ts';
import { readRendererFile } from '../renderer-files.ts';
import { APP_SCHEME, isOurs } from './is-ours.ts';

/** Standard and secure, so that the page has an origin, storage and the secure-context interfaces; no `bypassCSP`. */
export const PRIVILEGED_SCHEMES: CustomScheme[] = [
  {
    scheme: APP_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
  },
];

/** Answers every request for `tidemark:` with a file of the built interface, or refuses it. */
export function createAppProtocol(rendererDir: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isOurs(request.url)) return refusal(403);
    if (request.method !== 'GET') return refusal(405, { allow: 'GET' });
    const file = await readRendererFile(rendererDir, new URL(request.url).pathname);
    if (file === null) return refusal(404);
    return new Response(file.body, {
      headers: { ...securityHeaders(), 'content-type': file.contentType, 'cache-control': 'no-cache' },
    });
  };
}

const refusal = (status: number, extra: Record<string, string> = {}): Response =>
  new Response(null, { status, headers: { ...securityHeaders(), 'cache-control': 'no-store', ...extra } });
