import { describe, expect, it } from 'vitest';
import { RequestGate } from '../../../main/engine/sync/network/request-gate.ts';
import { type Verdict, withRetries } from '../../../main/engine/sync/network/retry.ts';

const never = new AbortController().signal;

function setting(verdicts: readonly Verdict[], random = 1) {
  const slept: number[] = [];
  let asked = 0;
  const gate = new RequestGate(64);
  const surroundings = {
    nowMs: () => 0,
    random: () => random,
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const request = () => {
    if (asked++ < verdicts.length) return Promise.reject(new Error(`failure ${asked}`));
    return Promise.resolve('answer');
  };
  const judge = (): Verdict => verdicts[asked - 1]!;
  const run = (signal = never) => withRetries(request, { judge, gate, surroundings, signal });
  return { run, slept, gate, asked: () => asked };
}

const again: Verdict = { kind: 'again' };
const slowDown = (retryAfterMs: number | null = null): Verdict => ({ kind: 'slow-down', retryAfterMs });

describe('asking again', () => {
  it('waits twice as long each time, up to a cap, and no longer than chance says', async () => {
    const full = setting(Array.from({ length: 7 }, () => again));
    expect(await full.run()).toBe('answer');
    expect(full.slept).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800]);
    const half = setting([again, again], 0.5);
    await half.run();
    expect(half.slept).toEqual([100, 200]);
  });

  it('gives up after eight tries with the last error, at once where it is no use', async () => {
    const hopeless = setting(Array.from({ length: 9 }, () => again));
    await expect(hopeless.run()).rejects.toThrow('failure 8');
    const final = setting([again, { kind: 'fail' }]);
    await expect(final.run()).rejects.toThrow('failure 2');
  });

  it('is patient with a source that answers, waits as long as it asks, and asks less at once', async () => {
    const busy = setting([...Array.from({ length: 12 }, () => slowDown(3000)), again], 0);
    expect(await busy.run()).toBe('answer');
    expect(busy.slept.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 3000));
    expect(busy.gate.limit).toBe(2); // 64 halved down to 1, and one step up for the answer
    const forever = setting(Array.from({ length: 30 }, () => slowDown()));
    await expect(forever.run()).rejects.toThrow('failure 24');
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { run, asked } = setting([again, again]);
    stop.abort(new Error('enough'));
    await expect(run(stop.signal)).rejects.toThrow('enough');
    expect(asked()).toBe(0);
  });
});

it('gives its place back when it is told to stop in the middle of a request', async () => {
  const gate = new RequestGate(1);
  const stop = new AbortController();
  const surroundings = { nowMs: () => 0, random: () => 0, sleep: () => Promise.resolve() };
  const request = () => {
    stop.abort(new Error('enough'));
    return Promise.reject(new Error('broken off'));
  };
  const rules = { judge: (): Verdict => again, gate, surroundings };
  await expect(withRetries(request, { ...rules, signal: stop.signal })).rejects.toThrow('enough');
  expect(await withRetries(() => Promise.resolve('next'), { ...rules, signal: never })).toBe('next');
});

describe('the gate of a source', () => {
  it('lets in as many as it may, and the next when one leaves', async () => {
    const gate = new RequestGate(2);
    const leaves = [await gate.enter(never), await gate.enter(never)];
    let third = false;
    const entering = gate.enter(never).then((leave) => {
      third = true;
      return leave;
    });
    await Promise.resolve();
    expect(third).toBe(false);
    leaves[0]!('answered');
    (await entering)('answered');
    leaves[1]!('answered');
  });

  it('grows back step by step, to where it began', async () => {
    const gate = new RequestGate(8);
    for (let n = 0; n < 4; n++) (await gate.enter(never))('slow-down');
    expect(gate.limit).toBe(1);
    for (let n = 0; n < 100; n++) (await gate.enter(never))('answered');
    expect(gate.limit).toBe(8);
  });

  it('lets nobody wait who was told to stop', async () => {
    const gate = new RequestGate(1);
    const leave = await gate.enter(never);
    const stop = new AbortController();
    const waiting = gate.enter(stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave('answered');
    (await gate.enter(never))('answered');
  });
});
