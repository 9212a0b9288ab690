import { createTransport } from 'nodemailer';
import type { AlertChannel } from '../../../../shared/rpc/contract/alerts.ts';
import { type AlertMessage, SendFault } from './message.ts';

type MailChannel = Extract<AlertChannel, { kind: 'mail' }>;

/** One mail. Its Message-ID stays the same over repeats. Rejects with a SendFault. */
export async function sendMail(
  channel: MailChannel,
  message: AlertMessage,
  { password, timeoutMs }: { password: string | null; timeoutMs: number },
): Promise<void> {
  const { host, port, security, user } = channel;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  try {
    await transport.sendMail({
      from: channel.from,
      to: channel.to,
      subject: message.title,
      text: `${message.body}\n\n${message.link}\n`,
      messageId: `<${message.messageId}@tidemark.invalid>`,
    });
  } catch (error) {
    throw faultOf(error);
  } finally {
    transport.close();
  }
}

interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

/** 4yz may pass, 5yz will not (RFC 5321 §4.2.1); a connection that breaks after DATA leaves the mail in doubt. */
function faultOf(error: unknown): SendFault {
  const { code, command, responseCode, message } = error as SmtpError;
  if (responseCode !== undefined && responseCode >= 500)
    return new SendFault('refused', `the mail server answered ${responseCode}`, { cause: error });
  if (responseCode !== undefined)
    return new SendFault('again', `the mail server answered ${responseCode}`, { cause: error });
  if (code === 'EAUTH')
    return new SendFault('refused', 'the mail server refused the login', { cause: error });
  if (command === 'DATA')
    return new SendFault('unknown', 'the connection broke before the mail was confirmed', { cause: error });
  return new SendFault('again', `the mail server could not be reached (${code ?? message})`, {
    cause: error,
  });
}
