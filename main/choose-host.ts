export type HostRequest = 'any' | 'electron' | 'server';

export interface Surroundings {
  request: HostRequest;
  hasElectron: boolean;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
}

export type HostChoice =
  | { host: 'electron' }
  | {
      host: 'server';
      /** False where nobody would see a window: no display, over SSH, in continuous integration. */
      opensWindow: boolean;
      /** True when a window was expected from Electron and the user should hear how to get it. */
      missesElectron: boolean;
    }
  | { host: 'none'; reason: 'electron-missing' };

/** Which host starts: the table in README, "Two hosts". */
export function chooseHost({ request, hasElectron, platform, env }: Surroundings): HostChoice {
  const canShow = hasScreen(platform, env);
  if (request === 'electron')
    return hasElectron ? { host: 'electron' } : { host: 'none', reason: 'electron-missing' };
  if (request === 'server') return { host: 'server', opensWindow: canShow, missesElectron: false };
  if (hasElectron && canShow) return { host: 'electron' };
  return { host: 'server', opensWindow: canShow, missesElectron: canShow };
}

function hasScreen(platform: NodeJS.Platform, env: Surroundings['env']): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (isSet('CI') || isSet('SSH_CONNECTION') || isSet('SSH_TTY')) return false;
  return platform === 'darwin' || platform === 'win32' || isSet('DISPLAY') || isSet('WAYLAND_DISPLAY');
}
