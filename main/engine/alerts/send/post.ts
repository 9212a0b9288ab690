import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { SendFault } from './message.ts';

export interface PostOptions {
  url: string;
  body: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** The receiver is reached and the request is about to leave: from here on nobody knows until the answer comes. */
  onLeft: () => void;
}

const ANSWER_BYTES = 64 * 1024; // read so that the connection ends well; nobody looks at more

/** One POST, no redirects. Rejects with a SendFault. Messages never hold the address: a chat's is its credential. */
export function post({ url, body, headers, timeoutMs, onLeft }: PostOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasLeft = false;
    const { protocol } = new URL(url);
    const start = protocol === 'https:' ? requestHttps : requestHttp;
    const request = start(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      timeout: timeoutMs,
      agent: false, // a connection of its own: one that was kept may be gone
    });
    const lost = (error: Error): void => {
      const what = hasLeft ? 'the connection broke before the answer' : 'the receiver could not be reached';
      reject(new SendFault(hasLeft ? 'unknown' : 'again', what, { cause: error }));
    };
    request.on('error', lost);
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('response', (response) => {
      let taken = 0;
      response.on('data', (chunk: Buffer) => {
        taken += chunk.length;
        if (taken > ANSWER_BYTES) response.destroy();
      });
      response.on('error', () => undefined); // the status is the answer
      const fault = faultOf(response.statusCode ?? 0, response.headers['retry-after']);
      if (fault === null) resolve();
      else reject(fault);
    });
    request.on('finish', () => (hasLeft = true));
    request.on('socket', (socket) => {
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        onLeft();
        request.end(body);
      });
    });
  });
}

function faultOf(status: number, retryAfter: string | undefined): SendFault | null {
  if (status >= 200 && status < 300) return null;
  const message = `the receiver answered ${status}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const seconds = Number(retryAfter);
    return new SendFault('again', message, Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {});
  }
  return new SendFault('refused', message);
}
