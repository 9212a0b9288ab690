import type { AlertMessage } from './message.ts';

/** The body of a Slack-compatible incoming webhook. */
export function chatBody({ title, body, link }: AlertMessage): string {
  return JSON.stringify({ text: `*${escaped(title)}*\n${escaped(body)}\n<${escaped(link)}|Open the view>` });
}

/** Its three control characters; everything else is text. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
