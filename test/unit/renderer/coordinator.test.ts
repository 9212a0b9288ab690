import { describe, expect, it } from 'vitest';
import { createCoordinator } from '../../../renderer/link/coordinator.ts';
import type { AskOptions, Backend } from '../../../renderer/link/backend.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';

interface Asked {
  spec: QuerySpecInput;
  options: AskOptions;
  answer: (revision?: number) => void;
  fail: (error: Error) => void;
}

/** The network, faked: questions wait until the test answers them. */
function waitingBackend(): { backend: Backend; asked: Asked[] } {
  const asked: Asked[] = [];
  const backend: Backend = {
    ask: (spec, options = {}) =>
      new Promise((resolve, reject) => {
        asked.push({
          spec,
          options,
          answer: (revision = 1) => {
            resolve(answerOf(revision));
          },
          fail: reject,
        });
        options.signal?.addEventListener('abort', () => {
          reject(new AppError('cancelled', 'cancelled'));
        });
      }),
    call: () => Promise.reject(new AppError('not-available', 'no calls here')),
    onTopic: () => () => undefined,
    onMissed: () => () => undefined,
    onLinkState: () => () => undefined,
    close: () => undefined,
  };
  return { backend, asked };
}

const answerOf = (revision: number): Answer => ({
  ok: true,
  kind: 'trend',
  revision,
  completeTo: null,
  fresh: true,
  partial: [],
  rowsRead: 0,
  segmentsRead: 0,
  elapsedMs: 1,
  notes: [],
  lateSources: [],
  gaps: [],
  mismatches: [],
  zone: 'UTC',
  taxonomyVersion: null,
  result: { buckets: [], series: [] },
});

const spec = (locale: string): QuerySpecInput => ({
  kind: 'trend',
  environment: 'sample',
  series: [{ measure: 'capture_rate' }],
  filters: [{ property: 'locale', op: 'is', value: locale }],
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function openSlot() {
  const { backend, asked } = waitingBackend();
  const clock = { nowMs: 1_000 };
  const coordinator = createCoordinator(backend, () => clock.nowMs);
  const slot = coordinator.slot('capture');
  const at = (index: number): Asked => {
    const call = asked[index];
    if (call === undefined) throw new Error(`question ${index} was not asked`);
    return call;
  };
  return { coordinator, slot, asked, at, clock };
}

describe('the coordinator of questions', () => {
  it('goes from idle over loading to ready', async () => {
    const { slot, at, clock } = openSlot();
    expect(slot.getState()).toMatchObject({ status: 'idle', stopped: false });
    slot.ask(spec('en'));
    expect(slot.getState()).toMatchObject({
      status: 'loading',
      fetching: { sinceMs: 1_000, progress: null },
    });
    at(0).options.onProgress?.({ done: 3, total: 28 });
    expect(slot.getState().fetching?.progress).toBeNull(); // fast ones pass without a sign
    clock.nowMs += 300;
    at(0).options.onProgress?.({ done: 15, total: 28 });
    expect(slot.getState().fetching?.progress).toEqual({ done: 15, total: 28 });
    at(0).answer();
    await settle();
    expect(slot.getState()).toMatchObject({ status: 'ready', good: { spec: spec('en') } });
  });

  it('asks the same question once, whatever the order of its fields', async () => {
    const { slot, asked, at } = openSlot();
    slot.ask({ kind: 'trend', environment: 'sample', series: [{ measure: 'capture_rate' }] });
    slot.ask({
      series: [{ measure: 'capture_rate' }],
      environment: 'sample',
      kind: 'trend',
      filters: undefined,
    });
    at(0).answer();
    await settle();
    expect(asked).toHaveLength(1);
  });

  it('cancels the old question, asks only the newest, and never has two in flight', async () => {
    const { slot, asked, at } = openSlot();
    slot.ask(spec('en'));
    slot.ask(spec('sv'));
    slot.ask(spec('nb'));
    expect(asked).toHaveLength(1);
    expect(at(0).options.signal?.aborted).toBe(true);
    await settle();
    expect(asked).toHaveLength(2);
    at(1).answer();
    await settle();
    expect(slot.getState()).toMatchObject({ status: 'ready', good: { spec: spec('nb') } });
  });

  it('keeps the last good answer while it asks, and drops late ones', async () => {
    const { slot, at } = openSlot();
    slot.ask(spec('en'));
    at(0).answer();
    await settle();
    slot.ask(spec('sv'));
    expect(slot.getState()).toMatchObject({ status: 'stale', good: { spec: spec('en') } });
    at(1).fail(new AppError('worker-restarted', 'the query process was restarted'));
    await settle();
    expect(slot.getState()).toMatchObject({
      status: 'failed',
      failure: { code: 'worker-restarted', retryable: true },
      good: { spec: spec('en') },
    });
  });

  it('answers from its cache until the store moves on', async () => {
    const { coordinator, slot, asked, at } = openSlot();
    slot.ask(spec('en'));
    at(0).answer(1);
    await settle();
    slot.ask(spec('sv'));
    at(1).answer(1);
    await settle();
    slot.ask(spec('en'));
    expect(slot.getState().status).toBe('ready');
    expect(asked).toHaveLength(2);
    coordinator.setRevision(2);
    expect(slot.getState()).toMatchObject({ status: 'stale', good: { spec: spec('en') } });
    at(2).answer(2);
    await settle();
    expect(slot.getState().status).toBe('ready');
    coordinator.setRevision(2);
    expect(asked).toHaveLength(3);
  });

  it('lets a running question finish while commits come in, then asks it once more', async () => {
    const { coordinator, slot, asked, at } = openSlot();
    slot.ask(spec('en'));
    coordinator.setRevision(2);
    coordinator.setRevision(3);
    expect(at(0).options.signal?.aborted).toBe(false);
    at(0).answer(1);
    await settle();
    expect(slot.getState()).toMatchObject({ status: 'stale', good: { answer: { revision: 1 } } });
    at(1).answer(3);
    await settle();
    expect(slot.getState()).toMatchObject({ status: 'ready', good: { answer: { revision: 3 } } });
    expect(asked).toHaveLength(2);
  });

  it('stops on request and can be asked again', async () => {
    const { slot, asked, at } = openSlot();
    slot.ask(spec('en'));
    slot.stop();
    await settle();
    expect(slot.getState()).toMatchObject({ status: 'idle', stopped: true });
    slot.retry();
    expect(slot.getState().status).toBe('loading');
    at(1).answer();
    await settle();
    expect(slot.getState().status).toBe('ready');
    expect(asked).toHaveLength(2);
  });

  it('asks failed questions again when the link is back', async () => {
    const { coordinator, slot, asked, at } = openSlot();
    slot.ask(spec('en'));
    at(0).fail(new AppError('source-unreachable', 'the link is down'));
    await settle();
    expect(slot.getState().status).toBe('failed');
    coordinator.retryFailed();
    at(1).answer();
    await settle();
    expect(slot.getState().status).toBe('ready');
    coordinator.retryFailed();
    expect(asked).toHaveLength(2);
  });

  it('turns an unexpected error into one that can be shown', async () => {
    const { slot, at } = openSlot();
    slot.ask(spec('en'));
    at(0).fail(new TypeError('secret detail'));
    await settle();
    const state = slot.getState();
    expect(state.status).toBe('failed');
    expect(JSON.stringify(state)).not.toContain('secret detail');
  });
});
