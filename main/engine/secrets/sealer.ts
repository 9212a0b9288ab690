import type { Protection } from './secret-store.ts';

/** Contract: turns a text into bytes that are of no use to whoever finds them, and back. */
export interface Sealer {
  readonly protection: Protection;
  seal: (text: string) => Promise<Uint8Array>;
  /** `sealAgain`: there is a better key by now, so the text is to be sealed and stored anew. Throws AppError. */
  open: (sealed: Uint8Array) => Promise<{ text: string; sealAgain: boolean }>;
}
