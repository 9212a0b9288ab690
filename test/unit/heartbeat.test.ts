import { expect, test } from 'vitest';
import { PING_INTERVAL_MS } from '../../shared/limits.ts';
import type { Frame, Link } from '../../shared/rpc/frames.ts';
import { startHeartbeat } from '../../shared/rpc/heartbeat.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';

function start() {
  const sent: Frame[] = [];
  const timers: { callback: () => void; delayMs: number }[] = [];
  let closedWith: string | undefined;
  const link: Link = {
    send: (frame) => sent.push(frame),
    onFrame: () => undefined,
    onClose: () => undefined,
    close: (reason) => (closedWith = reason),
  };
  const runtime: Runtime = {
    nowMs: () => 0,
    randomUuid: () => '',
    createAbort: () => new AbortController(),
    startTimer: (callback, delayMs) => {
      const timer = { callback, delayMs };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  };
  const heartbeat = startHeartbeat(link, runtime);
  const tick = (): void => timers.shift()?.callback();
  return { heartbeat, sent, timers, tick, closed: () => closedWith };
}

test('pings every 15 seconds', () => {
  const { sent, timers, tick } = start();
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([PING_INTERVAL_MS]);
  tick();
  expect(sent).toEqual([{ t: 'ping' }]);
  expect(timers).toHaveLength(1);
});

test('closes the link after two pings that nobody answered', () => {
  const { tick, closed, sent, timers } = start();
  tick();
  tick();
  expect(closed()).toBeUndefined();
  tick();
  expect(closed()).toBe('the other end does not answer');
  expect(sent).toHaveLength(2);
  expect(timers).toEqual([]);
});

test('takes any frame for a sign of life', () => {
  const { tick, closed, heartbeat } = start();
  for (let i = 0; i < 10; i++) {
    tick();
    tick();
    heartbeat.heard();
  }
  expect(closed()).toBeUndefined();
});

test('stops with its link', () => {
  const { heartbeat, timers } = start();
  heartbeat.stop();
  expect(timers).toEqual([]);
});
