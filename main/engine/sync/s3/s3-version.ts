/** Some compatible servers give no ETag; then the time has to tell that an object changed. */
export const versionOf = (etag: string | undefined, modified: Date | undefined): string =>
  etag === undefined || etag === '' ? (modified?.toISOString() ?? 'unknown') : etag.replaceAll('"', '');
