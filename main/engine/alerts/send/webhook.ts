import { createHmac } from 'node:crypto';
import type { AlertMessage } from './message.ts';

/** The generic webhook: JSON with a key that stays the same over repeats, signed where there is a secret. */
export function webhookRequest(
  message: AlertMessage,
  { signingSecret, nowMs }: { signingSecret: string | null; nowMs: number },
): { body: string; headers: Record<string, string> } {
  const { messageId, title, body, link, detail } = message;
  const text = JSON.stringify({ id: messageId, title, text: body, link, ...detail });
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': messageId,
  };
  if (signingSecret !== null) headers['tidemark-signature'] = signatureOf(text, signingSecret, nowMs);
  return { body: text, headers };
}

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA-256 over `<t>.<body>`, so that neither can be replayed apart (RFC 2104). */
export function signatureOf(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
