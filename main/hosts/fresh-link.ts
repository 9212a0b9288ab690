import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { LockHolder } from '../lock.ts';

const Answer = z.strictObject({ link: z.url() });
const WAIT_MS = 5_000; // a live host answers within milliseconds

/** Asks the host that holds a folder for a fresh one-use link; its lock file says where and proves who asks. */
export async function requestFreshLink({
  address,
  secret,
}: Pick<LockHolder, 'address' | 'secret'>): Promise<string> {
  if (address === null)
    throw new AppError('not-available', 'the program that holds this folder serves no address');
  const { status, body } = await post(new URL('/control/link', address), secret);
  if (status !== 200)
    throw new AppError('auth-failed', `the host at ${address} refused to give a link (${status})`);
  return Answer.parse(JSON.parse(body)).link;
}

function post(url: URL, secret: string): Promise<{ status: number; body: string }> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new AppError('source-unreachable', `the host at ${url.origin} does not answer`, { cause }));
    const outgoing = request(url, {
      method: 'POST',
      timeout: WAIT_MS,
      // the address comes from a file of ours and leads to this machine; its certificate is often self-made
      rejectUnauthorized: false,
      headers: { origin: url.origin, authorization: `Bearer ${secret}` },
    });
    outgoing.on('error', fail);
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.end();
  });
}
