import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFiring } from '../../main/engine/alerts/firing-store.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import type { AlertsState } from '../../shared/rpc/contract/alerts.ts';
import { emptyEvidence } from '../support/alert-evidence.ts';
import { eventOf, ndjson } from '../support/workspace.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tidemark-cli-'));
  const rows = Array.from({ length: 30 }, (_, n) => eventOf(n));
  writeFileSync(path.join(dir, 'events.ndjson'), ndjson(rows));
  expect(tidemark('import', path.join(dir, 'events.ndjson'), '--environment', 'e').status).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true }));

const tidemarkIn = (folder: string, ...argv: string[]) =>
  spawnSync(process.execPath, [BIN, ...argv, '--data-dir', path.join(dir, folder)], { encoding: 'utf8' });
const tidemark = (...argv: string[]) => tidemarkIn('data', ...argv);

/** Puts an alert into a folder, as if its check had found it. */
function fire(folder: string, sinceMs: number): number | null {
  const store = openStore(path.join(dir, folder));
  try {
    return insertFiring(store, {
      environment: 'e',
      itemId: 'capture-rate',
      key: null,
      voice: 'detector',
      family: 'capture_rate',
      title: 'Capture rate fell',
      side: 'below',
      sinceMs,
      conditionMetMs: sinceMs + 3_600_000,
      evidence: emptyEvidence(),
    });
  } finally {
    store.close();
  }
}

describe('tidemark alerts', () => {
  it('checks, and lists what it knows', () => {
    const check = tidemark('alerts', 'check', '--json');
    expect(check.stderr).toBe('');
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: true, faults: 0, opened: 0, notified: 0 });
    const list = tidemark('alerts', 'list', '--environment', 'e', '--json');
    const { firings, rules, watch } = JSON.parse(list.stdout) as AlertsState;
    expect({ firings, rules }).toEqual({ firings: [], rules: [] });
    expect(watch.map(({ itemId }) => itemId)).toContain('capture-rate');
  });

  it('tests a channel by its name', () => {
    const { status, stderr } = tidemark('alerts', 'test', 'This device', '--environment', 'e');
    expect(stderr).toMatch(/^Test from /);
    expect(status).toBe(0);
    expect(tidemark('alerts', 'test', 'Nobody', '--environment', 'e').status).toBe(1);
  });

  it('saves, lists and removes rules and channels', () => {
    const file = (name: string, content: object): string => {
      const at = path.join(dir, name);
      writeFileSync(at, JSON.stringify(content));
      return at;
    };
    const channel = file('ops.json', { kind: 'webhook', name: 'Ops', url: 'http://127.0.0.1:9/hook' });
    const rule = file('low.json', {
      name: 'Too low',
      subject: { measure: 'capture_rate', filters: [] },
      condition: { kind: 'threshold', side: 'below', value: 0.85 },
      channels: ['Ops'],
    });
    const e = ['--environment', 'e', '--json'];
    expect(tidemark('alerts', 'save-rule', rule, ...e).status).toBe(1); // nobody of that name
    expect(tidemark('alerts', 'save-channel', channel, '--findings', ...e).status).toBe(0);
    expect(tidemark('alerts', 'save-rule', rule, ...e).status).toBe(0);
    expect(JSON.parse(tidemark('alerts', 'rules', ...e).stdout)).toMatchObject({
      rules: [{ ruleId: 'rule-too-low', rule: { name: 'Too low', leastN: 200 } }],
    });
    const refused = tidemark('alerts', 'remove-channel', 'Ops', ...e);
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('Too low');
    expect(tidemark('alerts', 'quiet', '22:00-07:00', ...e).status).toBe(0);
    expect(tidemark('alerts', 'remove-rule', 'rule-too-low', ...e).status).toBe(0);
    expect(JSON.parse(tidemark('alerts', 'channels', ...e).stdout)).toMatchObject({
      channels: [{ name: 'This device' }, { name: 'Ops', kind: 'webhook' }],
      detectorChannels: ['This device', 'Ops'],
      quietHours: { from: '22:00', to: '07:00' },
    });
    expect(tidemark('alerts', 'remove-channel', 'Ops', ...e).status).toBe(0);
    expect(JSON.parse(tidemark('alerts', 'rules', ...e).stdout)).toMatchObject({ rules: [] });
  }, 60_000);

  it('tells the team what was said, and hears what others said', () => {
    const sinceMs = Date.parse('2026-11-17T08:00:00Z');
    const events = path.join(dir, 'events.ndjson');
    expect(tidemarkIn('other', 'import', events, '--environment', 'e').status).toBe(0);
    const [own, other] = [fire('data', sinceMs), fire('other', sinceMs + 7_200_000)]; // seen to begin later
    const team = ['--folder', path.join(dir, 'team'), '--environment', 'e'];
    mkdirSync(path.join(dir, 'team'));

    const said = tidemark(
      'alerts',
      'ack',
      `${own}`,
      '--label',
      'true',
      '--note',
      'lost',
      '--environment',
      'e',
    );
    expect([said.stderr, said.status]).toEqual(['', 0]);
    expect(tidemark('annotations', 'push', ...team).status).toBe(0);
    expect(tidemarkIn('other', 'annotations', 'pull', ...team).status).toBe(0);
    const listed = tidemarkIn('other', 'alerts', 'list', '--environment', 'e', '--json');
    const { firings } = JSON.parse(listed.stdout) as AlertsState;
    expect(firings).toMatchObject([{ firingId: other, label: 'true', labelNote: 'lost' }]);
    expect(firings[0]?.acknowledgedAt).not.toBeNull();
  }, 60_000);

  it('refuses what makes no sense', () => {
    expect(tidemark('alerts', 'shout').status).toBe(2);
    expect(tidemark('alerts', 'list').status).toBe(2);
    expect(tidemark('alerts', 'quiet', 'always', '--environment', 'e').status).toBe(2);
    expect(tidemark('alerts', 'remove-rule', 'none', '--environment', 'e').status).toBe(1);
    expect(tidemark('alerts', 'ack', 'x', '--environment', 'e').status).toBe(2);
    expect(tidemark('alerts', 'ack', '7000', '--environment', 'e').status).toBe(1);
  });
});
