export const APP_SCHEME = 'tidemark';
export const APP_HOST = 'app';
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/`;

/** Whether a URL names a page of this app. Compares scheme and host, never `origin`: outside a page that is the string
 *  `null` for every custom scheme, so that two strangers would look alike. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === `${APP_SCHEME}:` &&
    parsed.host === APP_HOST &&
    parsed.username === '' &&
    parsed.password === ''
  );
}
