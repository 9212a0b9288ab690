import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { App, CrashReporter, Protocol } from 'electron';
import { DEEP_LINK_SCHEME } from '../../../shared/deeplink.ts';
import { AppError } from '../../../shared/errors.ts';
import { PRIVILEGED_SCHEMES } from './protocol.ts';

export interface BeforeReadyDeps {
  app: Pick<
    App,
    'enableSandbox' | 'requestSingleInstanceLock' | 'setAsDefaultProtocolClient' | 'setPath' | 'isPackaged'
  >;
  crashReporter: Pick<CrashReporter, 'start'>;
  protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>;
  dataDir: string;
}

/** Everything that counts only before `ready`, which no `await` may delay. False: this folder is open already; that
 *  window was told and comes to the front. */
export function prepareBeforeReady({ app, crashReporter, protocol, dataDir }: BeforeReadyDeps): boolean {
  app.enableSandbox();
  app.setPath('userData', makeProfileDir(dataDir));
  crashReporter.start({ uploadToServer: false });
  protocol.registerSchemesAsPrivileged(PRIVILEGED_SCHEMES);
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME.slice(0, -1));
  return app.requestSingleInstanceLock();
}

/** Each data folder has a profile of its own, and with it a single-instance lock and crash reports of its own. */
function makeProfileDir(dataDir: string): string {
  const folder = path.join(dataDir, 'electron');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new AppError('not-writable', `${dataDir} cannot be written`, { cause });
  }
  return folder;
}
