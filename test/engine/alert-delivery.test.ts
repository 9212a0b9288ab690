import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDelivery, type Delivery } from '../../main/engine/alerts/deliver.ts';
import { insertFiring } from '../../main/engine/alerts/firing-store.ts';
import { enqueueMessage } from '../../main/engine/alerts/outbox.ts';
import { leavesAtMs } from '../../main/engine/alerts/quiet-hours.ts';
import { openStore, type EngineStore } from '../../main/engine/store/engine-store.ts';
import type { AlertChannel } from '../../shared/rpc/contract/alerts.ts';
import { createZone } from '../../shared/time/zone.ts';
import { mailReceiver, type Treatment, webhookReceiver } from '../support/alert-receivers.ts';
import { emptyEvidence } from '../support/alert-evidence.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const CHILD = path.resolve(import.meta.dirname, '../support/alert-child.ts');
const SIGNING_KEY = 'a key of the test';

let workspace: TestWorkspace;
let store: EngineStore;
let nowMs: number;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  workspace = testWorkspace('memory');
  nowMs = Date.parse('2026-11-19T13:32:00Z');
  store = openStore(workspace.dataDir, { now: () => nowMs });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  store.close();
  workspace.remove();
});

function fire(channels: readonly AlertChannel[], sinceMs = 1): number {
  const firingId = insertFiring(store, {
    environment: 'test',
    itemId: 'rule-a',
    key: null,
    voice: 'rule',
    family: 'capture_rate',
    title: 'Capture <rate> & co',
    side: 'below',
    sinceMs,
    conditionMetMs: 2,
    evidence: emptyEvidence(),
  });
  if (firingId === null) throw new Error('it fired before');
  const content = {
    title: 'Capture <rate> & co',
    body: 'It fell.',
    link: 'tidemark-open://view/alerts',
    address: '#/alerts',
    detail: {},
  };
  for (const channel of channels) enqueueMessage(store, firingId, channel, { ...content, leavesAtMs: nowMs });
  return firingId;
}

function deliveryOf(secrets: Record<string, string> = {}): Delivery {
  const delivery = createDelivery({
    store,
    secrets: { read: (name) => Promise.resolve(secrets[name] ?? null) },
    runtime: { startTimer: () => () => undefined },
    random: () => 0,
    notify: () => undefined,
    onChange: () => undefined,
    onDefect: (error) => {
      throw error;
    },
  });
  closing.push(() => delivery.stop());
  return delivery;
}

/** Waits are skipped by moving the clock. */
async function deliverAll(delivery: Delivery, rounds = 8): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await delivery.idle();
    nowMs += 20 * 60_000;
  }
}

const statesOf = (): string[] =>
  store.db
    .prepare<[], { state: string }>('SELECT state FROM alert_outbox ORDER BY channel')
    .all()
    .map(({ state }) => state);

async function receiver(treatments: Treatment[] = []) {
  const hook = await webhookReceiver(treatments);
  closing.push(hook.close);
  return hook;
}

describe('a signed webhook', () => {
  it('gets exactly one message per firing through faults, with one key and a signature that holds', async () => {
    const hook = await receiver(['unavailable', 'reset', 'unavailable']);
    const channel: AlertChannel = { kind: 'webhook', name: 'ops', url: hook.url, signingSecret: 'hook-key' };
    fire([channel, channel]);
    await deliverAll(deliveryOf({ 'hook-key': SIGNING_KEY }));
    expect(hook.taken).toHaveLength(1);
    const { headers, body } = hook.taken[0]!;
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['tidemark-signature'])) ?? [];
    expect(mac).toBe(createHmac('sha256', SIGNING_KEY).update(`${seconds}.${body}`).digest('hex'));
    expect(JSON.parse(body)).toMatchObject({ id: headers['idempotency-key'], title: 'Capture <rate> & co' });
    expect(statesOf()).toEqual(['sent']);
  });

  it('that lost the answer is sent again under the same key, so that the receiver can tell', async () => {
    const hook = await receiver(['drop-after']);
    fire([{ kind: 'webhook', name: 'ops', url: hook.url, signingSecret: null }]);
    await deliverAll(deliveryOf());
    expect(new Set(hook.taken.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(statesOf()).toEqual(['sent']);
  });

  it('that refuses is not asked again', async () => {
    const hook = await receiver(['refuse']);
    fire([{ kind: 'webhook', name: 'ops', url: hook.url, signingSecret: null }]);
    await deliverAll(deliveryOf());
    expect(hook.taken).toHaveLength(0);
    expect(statesOf()).toEqual(['failed']);
  });
});

describe('a chat', () => {
  const chat: AlertChannel = { kind: 'chat', name: 'chat', urlSecret: 'chat-url' };

  it('waits for its secret, then gets one message with its control characters escaped', async () => {
    const hook = await receiver();
    fire([chat]);
    const secrets: Record<string, string> = {};
    const delivery = deliveryOf(secrets);
    await deliverAll(delivery, 2);
    expect(statesOf()).toEqual(['waiting']);
    secrets['chat-url'] = hook.url;
    await deliverAll(delivery, 2);
    expect(hook.taken).toHaveLength(1);
    expect((JSON.parse(hook.taken[0]!.body) as { text: string }).text).toContain(
      'Capture &lt;rate&gt; &amp; co',
    );
  });

  it('that took the message and broke the line is not told twice; the doubt stays visible', async () => {
    const hook = await receiver(['drop-after']);
    fire([chat]);
    await deliverAll(deliveryOf({ 'chat-url': hook.url }));
    expect(hook.taken).toHaveLength(1);
    expect(statesOf()).toEqual(['unknown']);
  });
});

describe('a mail server', () => {
  it('that is busy gets the mail later, once, under one Message-ID', async () => {
    const mail = await mailReceiver(2);
    closing.push(mail.close);
    fire([
      {
        kind: 'mail',
        name: 'mail',
        host: '127.0.0.1',
        port: mail.port,
        security: 'none',
        user: null,
        passwordSecret: null,
        from: 'tidemark@example.org',
        to: ['team@example.org'],
      },
    ]);
    await deliverAll(deliveryOf());
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]).toMatch(/^Message-ID: <alert-[0-9a-f]{32}@tidemark\.invalid>$/m);
    expect(mail.mails[0]).toContain('It fell.');
  });
});

describe('a kill in the middle of a delivery', () => {
  /** Kills the child as soon as the receiver has the message; nobody has written down that it was taken. */
  async function killWhileTaken(dataDir: string, env: Record<string, string>, hook: { onTaken: () => void }) {
    const child = spawn(process.execPath, [CHILD, dataDir], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    hook.onTaken = () => void child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
  }

  it('leaves a chat with exactly one message', async () => {
    const hook = await receiver(['drop-after']);
    fire([{ kind: 'chat', name: 'chat', urlSecret: 'chat-url' }]);
    store.close();
    await killWhileTaken(workspace.dataDir, { 'chat-url': hook.url }, hook);
    store = openStore(workspace.dataDir, { now: () => nowMs });
    await deliverAll(deliveryOf({ 'chat-url': hook.url }));
    expect(hook.taken).toHaveLength(1);
  });

  it('before the message left loses nothing', async () => {
    const hook = await receiver();
    fire([{ kind: 'chat', name: 'chat', urlSecret: 'chat-url' }]);
    store.db.prepare(`UPDATE alert_outbox SET state = 'sending'`).run(); // as a kill before connecting leaves it
    await deliverAll(deliveryOf({ 'chat-url': hook.url }));
    expect(hook.taken).toHaveLength(1);
  });
});

it('holds what happens in quiet hours until they end, over midnight and over a change of clocks', () => {
  const zone = createZone('Europe/Oslo');
  const quiet = { from: '22:00', to: '07:00' };
  const at = (text: string): number => Date.parse(text);
  expect(leavesAtMs(quiet, at('2026-11-19T20:59:00Z'), zone)).toBe(at('2026-11-19T20:59:00Z')); // 21:59 in Oslo
  expect(leavesAtMs(quiet, at('2026-11-19T21:00:00Z'), zone)).toBe(at('2026-11-20T06:00:00Z'));
  expect(leavesAtMs(quiet, at('2026-11-20T05:59:00Z'), zone)).toBe(at('2026-11-20T06:00:00Z'));
  expect(leavesAtMs(quiet, at('2026-10-24T21:00:00Z'), zone)).toBe(at('2026-10-25T06:00:00Z')); // back to winter time
  expect(leavesAtMs(null, 5, zone)).toBe(5);
});
