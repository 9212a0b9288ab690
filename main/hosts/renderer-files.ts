import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

export interface RendererFile {
  body: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/** Reads one built file of the interface by the path of its URL, or null when there is none to give. Paths that leave
 *  the folder by any spelling (`..` encoded or not, backslashes, symbolic links) count as not there; so do types that
 *  the interface does not consist of, such as source maps. */
export async function readRendererFile(rendererDir: string, urlPath: string): Promise<RendererFile | null> {
  const relative = relativePathOf(urlPath);
  const contentType = relative === null ? undefined : CONTENT_TYPES[path.posix.extname(relative)];
  if (relative === null || contentType === undefined) return null;
  const file = path.join(rendererDir, relative);
  try {
    if ((await realpath(file)) !== path.join(await realpath(rendererDir), relative)) return null;
    if (!(await lstat(file)).isFile()) return null;
    return { body: await readFile(file), contentType };
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** `/` is the page itself. Null for a path that no file of ours can have. */
function relativePathOf(urlPath: string): string | null {
  const decoded = decode(urlPath);
  if (decoded === null || !decoded.startsWith('/') || FORBIDDEN.test(decoded)) return null;
  const segments = decoded.slice(1).split('/');
  if (segments.length === 1 && segments[0] === '') return 'index.html';
  return segments.every((segment) => segment !== '' && !segment.startsWith('.')) ? segments.join('/') : null;
}

/** Backslash and colon separate paths and streams on Windows; the rest is no part of any file name here. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f\\:*?"<>|]/;

function decode(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath);
  } catch {
    return null; // a stray percent sign
  }
}

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ABSENCE_CODES.has(String(error.code));
const ABSENCE_CODES = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES']);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
