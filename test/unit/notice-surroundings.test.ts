import { expect, it } from 'vitest';
import { noticeSurroundings } from '../../main/hosts/notice-surroundings.ts';

const TURN_MS = 10_000;

function scene() {
  const scene = {
    nowMs: 0,
    hasNetwork: true,
    told: [] as string[],
    fire: (): void => undefined,
    isStopped: false,
  };
  const stop = noticeSurroundings({
    runtime: {
      startTimer: (callback) => {
        scene.fire = callback;
        return () => (scene.isStopped = true);
      },
    },
    wallMs: () => scene.nowMs,
    hasNetwork: () => scene.hasNetwork,
    tell: (noticed) => scene.told.push(noticed),
  });
  const turn = (afterMs = TURN_MS) => {
    scene.nowMs += afterMs;
    scene.fire();
  };
  return { scene, turn, stop };
}

it('takes a timer that comes far too late for sleep, and a slow one for a busy machine', () => {
  const { scene: seen, turn } = scene();
  turn();
  turn(TURN_MS + 25_000);
  expect(seen.told).toEqual([]);
  turn(3_600_000);
  turn();
  expect(seen.told).toEqual(['wake']);
});

it('tells once when the network goes and once when it is back', () => {
  const { scene: seen, turn, stop } = scene();
  seen.hasNetwork = false;
  turn();
  turn();
  seen.hasNetwork = true;
  turn();
  turn();
  expect(seen.told).toEqual(['offline', 'online']);
  stop();
  expect(seen.isStopped).toBe(true);
});
