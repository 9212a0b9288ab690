import type { AppErrorShape } from '../../shared/errors.ts';
import type { Answer } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import type {
  MethodName,
  ParamsOf,
  ProgressOf,
  ResultOf,
  TopicName,
  TopicPayload,
} from '../../shared/rpc/methods.ts';

export type LinkState = 'connecting' | 'online' | 'offline' | 'reload-needed' | 'login-needed';

/** How far a running question is: parts of its range that have been read. */
export interface QuestionProgress {
  done: number;
  total: number;
}

export interface AskOptions {
  signal?: AbortSignal;
  onProgress?: (progress: QuestionProgress) => void;
  /** Counted anew, whatever is kept of earlier answers. */
  recount?: boolean;
}

export type CallMethod = Exclude<MethodName, 'query.run'>;

/**
 * Contract: what the interface knows of everything behind it, the same in both hosts. Calls reject with an
 * AppError. A lost link reconnects by itself; `onLinkState` says so, and calls made meanwhile wait or fail with
 * a retryable error.
 */
export interface Backend {
  ask(spec: QuerySpecInput, options?: AskOptions): Promise<Answer>;
  call<M extends CallMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: { signal?: AbortSignal; onProgress?: (value: ProgressOf<M>) => void },
  ): Promise<ResultOf<M>>;
  onTopic<T extends TopicName>(topic: T, listener: (payload: TopicPayload<T>) => void): () => void;
  /** Events may have been missed: what they tell must be asked again. */
  onMissed(listener: () => void): () => void;
  onLinkState(listener: (state: LinkState) => void): () => void;
  close(): void;
}

export type Failure = AppErrorShape;
