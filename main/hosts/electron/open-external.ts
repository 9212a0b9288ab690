import { AppError } from '../../../shared/errors.ts';

export interface ExternalOpener {
  /** Lower-case host names that a link may lead to. */
  hosts: ReadonlySet<string>;
  hadUserAction: () => boolean;
  open: (url: string) => Promise<void>;
}

/** Hands a link to the system's browser: `https:` only, hosts on the list only, after a user action only. */
export async function openExternal(
  link: string,
  { hosts, hadUserAction, open }: ExternalOpener,
): Promise<void> {
  const url = URL.parse(link);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') {
    throw new AppError('bad-input', 'a link must be a plain https: address', { path: 'url' });
  }
  if (!hosts.has(url.hostname)) {
    throw new AppError('bad-input', 'this address is not on the list of hosts that links may lead to', {
      path: 'url',
    });
  }
  if (!hadUserAction()) throw new AppError('bad-input', 'a link opens only after a click or key press');
  await open(url.href);
}

/** Reads the list from its setting: host names separated by commas or spaces; anything else is ignored. */
export function parseLinkHosts(setting: string | undefined): ReadonlySet<string> {
  const hosts = (setting ?? '').toLowerCase().split(/[\s,]+/);
  return new Set(hosts.filter((host) => HOST_NAME.test(host)));
}
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
