import { AppError } from '../../shared/errors.ts';
import type { Link } from '../../shared/rpc/frames.ts';
import { ROLES } from '../../shared/rpc/frames.ts';
import type { Host } from '../../shared/rpc/host.ts';
import { createSocketLink } from '../../shared/rpc/socket-link.ts';

const SOCKET_PATH = '/rpc';

/** One WebSocket for all roles; large payloads come by GET. */
export const createServerHost = () =>
  ({
    lanes: [{ roles: ROLES, open: openSocket }],
    openLink: (url: string) => {
      window.open(url, '_blank', 'noopener,noreferrer');
      return Promise.resolve();
    },
  }) satisfies Host;

async function openSocket(): Promise<Link> {
  const address = new URL(SOCKET_PATH, location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address);
  try {
    await opened(socket);
  } catch (error) {
    await refuseSignedOut();
    throw error;
  }
  return createSocketLink(socket, { fetch: fetchBlob });
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    const refuse = () => {
      reject(new AppError('source-unreachable', 'the workbench does not answer'));
    };
    socket.addEventListener('error', refuse);
    socket.addEventListener('close', refuse); // a proxy between may close without an error
  });
}

/** A refused upgrade has no status that a page can see; the page itself is refused in the same way. */
async function refuseSignedOut(): Promise<void> {
  const response = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => null);
  if (response?.status === 401 || response?.status === 403) {
    throw new AppError('auth-failed', 'this window is signed out');
  }
}

async function fetchBlob(id: string): Promise<Uint8Array> {
  const response = await fetch(`/blob/${encodeURIComponent(id)}`, { cache: 'no-store' });
  if (!response.ok) throw new AppError('source-unreachable', 'a part of the answer could not be fetched');
  return new Uint8Array(await response.arrayBuffer());
}
