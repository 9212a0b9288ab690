/** What every channel is given; each words it its own way. */
export interface AlertMessage {
  /** The same however often it is sent: receivers can tell a repeat by it. */
  messageId: string;
  title: string;
  /** Sentences, one per line. */
  body: string;
  /** Opens the view, where a link can be clicked. */
  link: string;
  /** Address of the view inside the workbench. */
  address: string;
  /** For machines. */
  detail: Record<string, unknown>;
}

/**
 * Why a message did not get through. `again`: it was not taken, and may be later. `refused`: it never will be.
 * `unknown`: it left whole and no answer came, so it may have been taken.
 */
export type SendFaultKind = 'again' | 'refused' | 'unknown';

export class SendFault extends Error {
  readonly kind: SendFaultKind;
  readonly retryAfterMs: number | null;

  constructor(
    kind: SendFaultKind,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SendFault';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
