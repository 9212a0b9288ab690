import { AppError, toErrorShape } from '../../shared/errors.ts';
import type { Answer } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import type { Backend, Failure, QuestionProgress } from './backend.ts';
import { questionKey } from './question-key.ts';

/** A question's last good answer, and when it came. */
export interface GoodAnswer {
  answer: Answer;
  /** The question that it answers; not always the one that is asked now. */
  spec: QuerySpecInput;
  atMs: number;
}

/** Nothing tells of a question before that; most are answered by then. */
export const PATIENCE_MS = 300;

interface Fetching {
  sinceMs: number;
  progress: QuestionProgress | null;
}

/** "Has data" and "is fetching" are separate facts: `good` and `fetching`. */
export type QuestionState =
  | { status: 'idle'; stopped: boolean; good: null; fetching: null }
  | { status: 'loading'; good: null; fetching: Fetching }
  | { status: 'ready'; good: GoodAnswer; fetching: null }
  /** The answer shown is not that of this question or revision; `fetching` is null when the user stopped it. */
  | { status: 'stale'; good: GoodAnswer; fetching: Fetching | null }
  | { status: 'failed'; failure: Failure; failedAtMs: number; good: GoodAnswer | null; fetching: null };

/** Contract: one question at a time for one place on screen; at most one request in flight, the newest wins. A place that
 *  its last listener left forgets its question. */
export interface QuestionSlot {
  getState(): QuestionState;
  subscribe(listener: () => void): () => void;
  /** null: nothing to ask (yet). Asking what was asked last changes nothing. */
  ask(spec: QuerySpecInput | null): void;
  stop(): void;
  retry(): void;
}

export interface Coordinator {
  slot(id: string): QuestionSlot;
  /** The store moved on: open questions are asked again, and older answers count as stale. */
  setRevision(revision: number): void;
  /** What lies behind some questions changed without a new revision: their answers are forgotten and asked anew. */
  askAgain(isAbout: (key: string) => boolean): void;
  /** Asks again what failed for want of a link. */
  retryFailed(): void;
}

const MAX_CACHED_ANSWERS = 60; // about a dozen filter changes of one view; each answer is well below 256 KiB

export function createCoordinator(backend: Backend, nowMs: () => number): Coordinator {
  const slots = new Map<string, Slot>();
  const cache = new AnswerCache();
  return {
    slot(id) {
      const known = slots.get(id);
      if (known !== undefined) return known;
      const made = new Slot(backend, cache, nowMs);
      slots.set(id, made);
      return made;
    },
    setRevision(revision) {
      if (!cache.raiseRevision(revision)) return;
      for (const slot of slots.values()) slot.refresh();
    },
    askAgain(isAbout) {
      cache.forget(isAbout);
      for (const slot of slots.values()) slot.refreshIf(isAbout);
    },
    retryFailed() {
      for (const slot of slots.values()) slot.retryIfFailed();
    },
  };
}

/** Answers by question, least recently used out first. */
class AnswerCache {
  private readonly answers = new Map<string, GoodAnswer>();
  private revision = 0;

  /** false when this revision is not news. */
  raiseRevision(revision: number): boolean {
    if (revision <= this.revision) return false;
    this.revision = revision;
    return true;
  }

  isCurrent(good: GoodAnswer): boolean {
    return good.answer.revision >= this.revision;
  }

  forget(isAbout: (key: string) => boolean): void {
    for (const key of this.answers.keys()) if (isAbout(key)) this.answers.delete(key);
  }

  get(key: string): GoodAnswer | undefined {
    const good = this.answers.get(key);
    if (good === undefined) return undefined;
    this.answers.delete(key);
    this.answers.set(key, good);
    return good;
  }

  set(key: string, good: GoodAnswer): void {
    this.answers.delete(key);
    this.answers.set(key, good);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= MAX_CACHED_ANSWERS) break;
      this.answers.delete(oldest);
    }
  }
}

class Slot implements QuestionSlot {
  private state: QuestionState = { status: 'idle', stopped: false, good: null, fetching: null };
  private readonly listeners = new Set<() => void>();
  private readonly backend: Backend;
  private readonly cache: AnswerCache;
  private readonly nowMs: () => number;
  private wanted: { key: string; spec: QuerySpecInput } | null = null;
  private controller: AbortController | null = null;
  private isPumping = false;
  private needsFetch = false;

  constructor(backend: Backend, cache: AnswerCache, nowMs: () => number) {
    this.backend = backend;
    this.cache = cache;
    this.nowMs = nowMs;
  }

  readonly getState = (): QuestionState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      queueMicrotask(this.forgetUnseen); // later: who draws anew leaves and comes back at once
    };
  };

  /** What nobody looks at is not asked again when the store moves on; its answer stays in the cache. */
  private readonly forgetUnseen = (): void => {
    if (this.listeners.size === 0) this.ask(null);
  };

  readonly ask = (spec: QuerySpecInput | null): void => {
    const key = spec === null ? null : questionKey(spec);
    if (key === (this.wanted?.key ?? null)) return;
    this.wanted = spec === null || key === null ? null : { key, spec };
    this.start();
  };

  readonly stop = (): void => {
    if (this.state.fetching === null) return;
    this.needsFetch = false;
    this.controller?.abort();
    const { good } = this.state;
    if (good === null) this.publish({ status: 'idle', stopped: true, good: null, fetching: null });
    else this.publish({ status: 'stale', good, fetching: null });
  };

  readonly retry = (): void => {
    this.start();
  };

  /** A running question of the same text is left to finish and asked once more: frequent commits must not starve it. */
  refresh(): void {
    if (this.wanted === null || (this.state.fetching === null && this.state.status === 'idle')) return;
    if (this.state.fetching === null) this.start();
    else this.needsFetch = true;
  }

  refreshIf(isAbout: (key: string) => boolean): void {
    if (this.wanted !== null && isAbout(this.wanted.key)) this.refresh();
  }

  retryIfFailed(): void {
    if (this.state.status === 'failed') this.start();
  }

  private start(): void {
    this.controller?.abort();
    this.needsFetch = false;
    if (this.wanted === null) {
      this.publish({ status: 'idle', stopped: false, good: null, fetching: null });
      return;
    }
    const cached = this.cache.get(this.wanted.key);
    if (cached !== undefined && this.cache.isCurrent(cached)) {
      this.publish({ status: 'ready', good: cached, fetching: null });
      return;
    }
    const good = cached ?? this.state.good;
    const fetching = { sinceMs: this.nowMs(), progress: null };
    this.publish(good === null ? { status: 'loading', good, fetching } : { status: 'stale', good, fetching });
    this.needsFetch = true;
    void this.pump();
  }

  /** One request after the other; a newer question waits for the end of the one that it cancelled. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.needsFetch && this.wanted !== null) {
      this.needsFetch = false;
      await this.fetch(this.wanted);
    }
    this.isPumping = false;
  }

  private async fetch({ key, spec }: { key: string; spec: QuerySpecInput }): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    try {
      const onProgress = (progress: QuestionProgress) => {
        this.showProgress(controller, progress);
      };
      const answer = await this.backend.ask(spec, { signal: controller.signal, onProgress });
      const good = { answer, spec, atMs: this.nowMs() };
      this.cache.set(key, good);
      if (!controller.signal.aborted) this.publish(this.afterAnswer(good));
    } catch (error) {
      if (!controller.signal.aborted) this.fail(error);
    }
  }

  private afterAnswer(good: GoodAnswer): QuestionState {
    if (!this.needsFetch) return { status: 'ready', good, fetching: null };
    return { status: 'stale', good, fetching: { sinceMs: this.nowMs(), progress: null } };
  }

  private showProgress(controller: AbortController, progress: QuestionProgress): void {
    const { state } = this;
    if (controller.signal.aborted || state.fetching === null) return;
    if (this.nowMs() - state.fetching.sinceMs < PATIENCE_MS) return; // whoever draws need not draw anew for it
    if (state.status === 'loading') this.publish({ ...state, fetching: { ...state.fetching, progress } });
    if (state.status === 'stale') {
      this.publish({ ...state, fetching: { ...state.fetching, progress } });
    }
  }

  private fail(error: unknown): void {
    const failure = error instanceof AppError ? error : toErrorShape(error);
    this.publish({
      status: 'failed',
      failure,
      failedAtMs: this.nowMs(),
      good: this.state.good,
      fetching: null,
    });
  }

  private publish(state: QuestionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
