import type { Session } from 'electron';
import { isOurs } from './is-ours.ts';

/** Copying a chart; everything else a page could ask for is refused. */
const GRANTED = new Set(['clipboard-sanitized-write']);

/** Answers both questions Chromium asks: whether a page may ask at all, and what it gets when it does. */
export function restrictPermissions(session: PermissionTarget): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl, isMainFrame }) => {
    callback(isGranted(permission, [requestingUrl], isMainFrame));
  });
  session.setPermissionCheckHandler((contents, permission, requestingOrigin, details) => {
    if (contents === null || details.requestingUrl === undefined) return false; // not asked by a page
    return isGranted(permission, [requestingOrigin, details.requestingUrl], details.isMainFrame);
  });
  session.setDevicePermissionHandler(() => false);
}

type PermissionTarget = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
>;

const isGranted = (permission: string, urls: readonly string[], isMainFrame: boolean): boolean =>
  GRANTED.has(permission) && isMainFrame && urls.every(isOurs);
