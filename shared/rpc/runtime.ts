/** What the wire needs of its surroundings; shared code knows neither Node nor a browser. */
export interface Runtime {
  /** Monotonic, ms. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the returned function takes the call back. */
  startTimer(callback: () => void, delayMs: number): () => void;
  /** A random (version 4) UUID. */
  randomUuid(): string;
  createAbort(): AbortSource;
}

export interface AbortSource {
  readonly signal: CancelSignal;
  abort(reason?: unknown): void;
}

/** The platform's AbortSignal wherever there is one; in `shared`, which has no platform, the part of it used here. */
export type CancelSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : MinimalSignal;

interface MinimalSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
