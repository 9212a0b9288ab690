/** The operating system's or TLS's name of a failure. A host with several addresses fails with all their errors in one. */
export function networkCodeOf(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 4) return '';
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  return typeof code === 'string' ? code : networkCodeOf(cause ?? errors?.[0], depth + 1);
}
