import type { ElectronMain } from './electron-main.ts';

/** A notification of the system; where it has none, the count in the sidebar stays. */
export function showNotice(
  { Notification }: Pick<ElectronMain, 'Notification'>,
  { title, body }: { title: string; body: string },
): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}
