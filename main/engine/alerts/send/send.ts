import { AppError } from '../../../../shared/errors.ts';
import type { AlertChannel } from '../../../../shared/rpc/contract/alerts.ts';
import type { SecretReader } from '../../secrets/secret-store.ts';
import { chatBody } from './chat.ts';
import { sendMail } from './mail.ts';
import { type AlertMessage, SendFault } from './message.ts';
import { post } from './post.ts';
import { webhookRequest } from './webhook.ts';

export interface SendSurroundings {
  secrets: SecretReader;
  nowMs: () => number;
  /** Shows a notice on this device. */
  notify: (notice: { title: string; body: string; address: string }) => void;
}

const TIMEOUT_MS = 30_000; // a receiver that is slow to answer has taken the message all the same

/** Sends one message once. Rejects with a SendFault; `onLeft` as for `post`. */
export async function send(
  channel: AlertChannel,
  message: AlertMessage,
  surroundings: SendSurroundings,
  onLeft: () => void = () => undefined,
): Promise<void> {
  const { secrets, nowMs, notify } = surroundings;
  switch (channel.kind) {
    case 'device':
      notify({ title: message.title, body: message.body, address: message.address });
      return;
    case 'chat': {
      const url = await secretOf(secrets, channel.urlSecret);
      if (!/^https?:\/\//.test(url))
        throw new SendFault('refused', `the secret "${channel.urlSecret}" is no http address`);
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      return post({ url, body: chatBody(message), headers, timeoutMs: TIMEOUT_MS, onLeft });
    }
    case 'webhook': {
      const { signingSecret: name, url } = channel;
      const signingSecret = name === null ? null : await secretOf(secrets, name);
      const request = webhookRequest(message, { signingSecret, nowMs: nowMs() });
      return post({ url, ...request, timeoutMs: TIMEOUT_MS, onLeft });
    }
    case 'mail': {
      const name = channel.passwordSecret;
      const password = name === null ? null : await secretOf(secrets, name);
      return sendMail(channel, message, { password, timeoutMs: TIMEOUT_MS });
    }
  }
}

/** A secret may be given later: what waits for one is tried again. */
async function secretOf(secrets: SecretReader, name: string): Promise<string> {
  const value = await secrets.read(name).catch((error: unknown) => {
    if (error instanceof AppError) throw new SendFault('again', error.message, { cause: error });
    throw error;
  });
  if (value === null) throw new SendFault('again', `the secret "${name}" is not set`);
  return value;
}
