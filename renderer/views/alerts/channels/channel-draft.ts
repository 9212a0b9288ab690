import { AlertChannel } from '../../../../shared/rpc/contract/alerts.ts';

export type ChannelKind = AlertChannel['kind'];

/** A channel as it is typed: every field a text, whatever becomes of it. */
export interface ChannelDraft {
  kind: ChannelKind;
  name: string;
  url: string;
  host: string;
  port: string;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  from: string;
  to: string;
  /** Name of the secret that is stored already; null: none. */
  secret: string | null;
}

export const CHANNEL_KINDS: readonly { id: ChannelKind; label: string }[] = [
  { id: 'device', label: 'Notification' },
  { id: 'chat', label: 'Chat' },
  { id: 'webhook', label: 'Webhook' },
  { id: 'mail', label: 'E-mail' },
];

export const KIND_WORDS: Record<ChannelKind, string> = {
  device: 'notification, sidebar count',
  chat: 'chat webhook, address kept as a secret',
  webhook: 'signed webhook',
  mail: 'e-mail',
};

/** What the secret of a kind is; null where it has none. */
export const SECRET_WORDS: Record<ChannelKind, string | null> = {
  device: null,
  chat: 'Address of the incoming webhook',
  webhook: 'Signing secret (optional)',
  mail: 'Password (optional)',
};

export const emptyDraft = (kind: ChannelKind): ChannelDraft => ({
  kind,
  name: '',
  url: '',
  host: '',
  port: '587',
  security: 'starttls',
  user: '',
  from: '',
  to: '',
  secret: null,
});

export function draftOf(channel: AlertChannel): ChannelDraft {
  const draft = { ...emptyDraft(channel.kind), name: channel.name };
  switch (channel.kind) {
    case 'device':
      return draft;
    case 'chat':
      return { ...draft, secret: channel.urlSecret };
    case 'webhook':
      return { ...draft, url: channel.url, secret: channel.signingSecret };
    case 'mail': {
      const { host, port, security, user, from, to, passwordSecret } = channel;
      return {
        ...draft,
        host,
        port: String(port),
        security,
        user: user ?? '',
        from,
        to: to.join(', '),
        secret: passwordSecret,
      };
    }
  }
}

/** The channel that a draft describes, or what keeps it from being one. */
export function channelOf(draft: ChannelDraft): { channel: AlertChannel } | { fault: string } {
  const { data, error } = AlertChannel.safeParse(fieldsOf(draft));
  if (data !== undefined) return { channel: data };
  const field = error.issues[0]?.path[0];
  return { fault: FAULTS[String(field)] ?? 'Something is missing.' };
}

const FAULTS: Readonly<Record<string, string>> = {
  name: 'A name of at most 64 letters is needed.',
  url: 'The address must begin with http:// or https://.',
  urlSecret: 'The address of the incoming webhook is not stored yet.',
  host: 'The mail server is missing.',
  port: 'The port is a number from 1 to 65535.',
  from: 'The sender is no e-mail address.',
  to: 'Each receiver must be an e-mail address; commas go between them.',
};

function fieldsOf(draft: ChannelDraft): Record<string, unknown> {
  const { kind, secret } = draft;
  const name = draft.name.trim();
  switch (kind) {
    case 'device':
      return { kind, name };
    case 'chat':
      return { kind, name, urlSecret: secret };
    case 'webhook':
      return { kind, name, url: draft.url.trim(), signingSecret: secret };
    case 'mail':
      return {
        kind,
        name,
        host: draft.host.trim(),
        port: Number(draft.port),
        security: draft.security,
        user: draft.user.trim() === '' ? null : draft.user.trim(),
        passwordSecret: secret,
        from: draft.from.trim(),
        to: draft.to.split(/[\s,;]+/).filter((address) => address !== ''),
      };
  }
}

const MAX_NAME_LENGTH = 50;

/** Names in the secret store: small letters, digits, dashes. */
export function secretNameOf({ kind, name }: ChannelDraft): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `alert-${kind}-${plain === '' ? 'channel' : plain}`.slice(0, MAX_NAME_LENGTH);
}
