import type { Role } from './frames.ts';
import type { CheckedParamsOf, MethodName, MethodOf, PartMetaOf, ProgressOf, ResultOf } from './methods.ts';
import type { CancelSignal } from './runtime.ts';

/** What a handler may use while it answers one call. */
export interface Call<M extends MethodName> {
  /** Aborted by a cancel, a deadline or, for what only reads, the loss of the link. A handler that stops for it throws
   *  whatever it likes. */
  readonly signal: CancelSignal;
  /** Of a mutation: applied once, however often it is sent. */
  readonly op: string | undefined;
  /** Conflated: at most ten a second leave, the newest wins. */
  progress(value: ProgressOf<M>): void;
  /** Sends one part; resolves once it has left, which waits while the receiver holds no credit. */
  part(part: { meta: PartMetaOf<M>; bin: Uint8Array; last: boolean }): Promise<void>;
}

export type Handler<M extends MethodName> = (
  params: CheckedParamsOf<M>,
  call: Call<M>,
) => Promise<ResultOf<M>> | ResultOf<M>;

/** The complete table of one role: a missing or an extra method is a type error. */
export type Handlers<R extends Role> = { [M in MethodOf<R>]: Handler<M> };

/** Contract: remembers finished mutations durably, so that one sent again after a crash is answered, not repeated. */
export interface OpLog {
  find(op: string): FinishedOp | undefined;
  record(op: string, finished: FinishedOp): void;
}
export interface FinishedOp {
  method: string;
  /** As it was sent: plain JSON. */
  result: unknown;
}
