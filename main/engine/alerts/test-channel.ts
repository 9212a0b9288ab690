import { randomUUID } from 'node:crypto';
import type { AlertChannel } from '../../../shared/rpc/contract/alerts.ts';
import { SendFault } from './send/message.ts';
import { send, type SendSurroundings } from './send/send.ts';

/** One message that says it is a test, sent at once. A fault is the result, not an error: the person wants to read it. */
export async function testChannel(
  channel: AlertChannel,
  workspaceName: string,
  surroundings: SendSurroundings,
): Promise<{ delivered: boolean; message: string }> {
  const message = {
    messageId: `test-${randomUUID()}`,
    title: `Test from ${workspaceName}`,
    body: 'This is a test. Alerts of this workspace will arrive here.',
    link: 'tidemark-open://view/alerts',
    address: '#/alerts',
    detail: { test: true },
  };
  try {
    await send(channel, message, surroundings);
    return { delivered: true, message: `${channel.name}: the test was taken.` };
  } catch (error) {
    if (error instanceof SendFault)
      return { delivered: false, message: `${channel.name}: ${error.message}.` };
    throw error;
  }
}
