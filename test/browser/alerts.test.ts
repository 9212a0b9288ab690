import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runAlertCheck } from '../../shared/alerts/run-check.ts';
import { ask } from '../../main/hosts/ask.ts';
import { webhookReceiver } from '../support/alert-receivers.ts';
import { launchBrowser } from '../support/browser.ts';
import { WHOLE_SAMPLE } from '../support/sample-host.ts';
import { type SyncedSample, startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, misplacedParts, takePicture, takesPictures } from '../support/view-checks.ts';
import { openWorkbench, type Theme, type Workbench } from '../support/workbench.ts';

// The Alerts view on a sample whose planted stories were checked, in a real browser on the real host.

const SIZE = takesPictures ? WHOLE_SAMPLE : { events: 100_000, days: 120 };
const ENVIRONMENT = 'sample';

let sample: SyncedSample;
let browser: Browser;
let workbench: Workbench | undefined;

beforeAll(async () => {
  [sample, browser] = await Promise.all([startSyncedSample(1, SIZE), launchBrowser()]);
  const { client } = sample.host;
  await client.call('command.alert.rule.save', {
    environment: ENVIRONMENT,
    rule: {
      name: 'Capture rate below 85%',
      subject: { measure: 'capture_rate', filters: [] },
      condition: { kind: 'threshold', side: 'below', value: 0.85 },
      leastN: 50,
      channels: ['This device'],
    },
  });
  await runAlertCheck({
    judge: {
      plan: async () => (await client.call('query.alert.plan', {})).questions,
      take: async (taken) => (await client.call('command.alert.take', taken)).explain,
      explain: async (firingId, answers) => {
        await client.call('command.alert.explain', { firingId, answers });
      },
      finish: (tookMs) => client.call('command.alert.finish', { linkBase: null, tookMs }),
    },
    ask: (spec) => ask(client, spec),
    nowMs: () => performance.now(),
    onFault: (item, error) => {
      throw new Error(item, { cause: error });
    },
  });
}, 240_000);
afterAll(async () => {
  await browser.close();
  await sample.host.stop();
});
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

async function open(options: { theme?: Theme; width?: number; height?: number; query?: string } = {}) {
  workbench = await openWorkbench({ host: sample.host, browser, view: 'alerts', ...options });
  return workbench;
}

/** There are no questions to wait for. */
async function openChannels(options: { theme?: Theme; width?: number; height?: number } = {}) {
  const prepare = () => Promise.resolve();
  const query = '?list=channels';
  workbench = await openWorkbench({ host: sample.host, browser, view: 'alerts', query, prepare, ...options });
  return workbench;
}

describe('the Alerts view', () => {
  it('finds the planted drop by rule, once, and shows its evidence', async () => {
    const { firings } = await sample.host.client.call('query.alerts', { environment: ENVIRONMENT });
    const byRule = firings.filter(
      ({ voice, title }) => voice === 'rule' && title === 'Capture rate below 85%',
    );
    expect(byRule).toHaveLength(1);
    if (takesPictures) expect(firings.map(({ title }) => title)).toContain('Capture rate fell'); // needs the whole sample's volume
    const { page } = await open();
    await page
      .getByRole('button', { name: /Capture rate below 85%/ })
      .first()
      .click();
    await page.locator('[data-tile="alert-evidence"] svg').first().waitFor();
    await page.getByText('Timeline').waitFor();
    expect(await page.locator('.alert-sentence').textContent()).toMatch(
      /^Capture rate below 85%\. It was \d\d\.\d%/,
    );
  }, 60_000);

  it('keeps a label given by key, and takes an acknowledgement', async () => {
    const { page } = await open();
    await page
      .getByRole('button', { name: /Capture rate below 85%/ })
      .first()
      .click();
    await page.locator('.alert-sentence').waitFor();
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'True', pressed: true }).waitFor();
    await page.keyboard.press('k');
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
    const { firings } = await sample.host.client.call('query.alerts', { environment: ENVIRONMENT });
    expect(
      firings.filter(({ label, acknowledgedAt }) => label === 'true' && acknowledgedAt !== null),
    ).toHaveLength(1);
  }, 60_000);

  it('previews a rule before it is saved, and saves it', async () => {
    const { page } = await open({ query: '?rule=new' });
    await page.getByRole('heading', { level: 1, name: /^Fires/ }).waitFor();
    await page.getByLabel('Least n').fill('50');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^Fires [1-9o]/ }).waitFor();
    await page.getByLabel('Threshold').first().fill('20');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /^Fires 0 times/ }).waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Far too low');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByRole('heading', { level: 1, name: /open/ }).waitFor();
    const { rules } = await sample.host.client.call('query.alerts', { environment: ENVIRONMENT });
    expect(rules.map(({ rule }) => rule.name)).toContain('Far too low');
  }, 60_000);

  it('makes a channel, keeps its secret apart, tests it, and sets quiet hours', async () => {
    const receiver = await webhookReceiver();
    try {
      const { page } = await openChannels();
      await page.getByRole('button', { name: 'New channel' }).click();
      await page.getByRole('radio', { name: 'Chat' }).check();
      await page.getByLabel('Name').fill('Practice ops');
      await page.getByText('The address of the incoming webhook is not stored yet.').waitFor();
      await page.getByLabel('Address of the incoming webhook').fill(receiver.url);
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByText('Practice ops: the test was taken.').waitFor();
      expect(receiver.taken).toHaveLength(1);
      await page.getByRole('button', { name: 'Save channel' }).click();
      await page.getByRole('button', { name: 'Edit Practice ops' }).waitFor();
      await page.getByLabel('Tell nobody').click();
      await page.getByLabel('from').fill('23:00'); // enabled once the quiet hours are kept
      const settingsNow = async () =>
        (await sample.host.client.call('query.alerts', { environment: ENVIRONMENT })).settings;
      await expect.poll(async () => (await settingsNow()).quietHours).toEqual({ from: '23:00', to: '07:00' });
      expect((await settingsNow()).channels).toContainEqual({
        kind: 'chat',
        name: 'Practice ops',
        urlSecret: 'alert-chat-practice-ops',
      });
      expect(JSON.stringify(await settingsNow())).not.toContain(receiver.url);
      await page.getByLabel('Tell nobody').click();
      await page.getByRole('button', { name: 'Remove Practice ops' }).click();
      await page.getByRole('button', { name: 'Edit Practice ops' }).waitFor({ state: 'detached' });
    } finally {
      await receiver.close();
    }
  }, 90_000);

  it('tells an alert in the open page, with a way to the view', async () => {
    const { page } = await open();
    await sample.host.client.call('command.alert.channel.test', {
      environment: ENVIRONMENT,
      channel: { kind: 'device', name: 'This device' },
    });
    const notice = page.locator('.alert-notice');
    await notice.getByText(/^Test from/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await notice.getByRole('link', { name: 'Open the view' }).click();
    await notice.waitFor({ state: 'detached' });
    expect(new URL(page.url()).hash).toBe('#/alerts');
  }, 60_000);

  it.each(['light', 'dark'] as const)(
    'lists channels in their place, %s',
    async (theme) => {
      for (const [width, height] of [
        [1440, 900],
        [1100, 720],
      ] as const) {
        const { page } = await openChannels({ theme, width, height });
        await page.getByRole('button', { name: 'New channel' }).click();
        await page.getByRole('radio', { name: 'E-mail' }).check();
        expect(await axeViolations(page)).toEqual([]);
        expect(await misplacedParts(page)).toEqual([]);
        await takePicture(page, `alert-channels-${width}-${theme}`);
        await workbench?.close();
      }
    },
    90_000,
  );

  it.each(['light', 'dark'] as const)(
    'is accessible and in its place, %s',
    async (theme) => {
      const { page } = await open({ theme });
      await page
        .getByRole('button', { name: /Capture rate below 85%/ })
        .first()
        .click();
      await page.locator('[data-tile="alert-back-test"] svg').first().waitFor();
      expect(await axeViolations(page)).toEqual([]);
      expect(await misplacedParts(page)).toEqual([]);
      await takePicture(page, `alerts-${theme}`);
      await page.locator('[data-tile="alert-back-test"] .tile-body').hover(); // its tools come and move what is beside them
      const editor = page.getByRole('button', { name: 'Edit rule' }).first();
      await editor.click();
      await page.getByRole('heading', { level: 1, name: /^Fires/ }).waitFor();
      await takePicture(page, `alert-editor-${theme}`);
      expect(await axeViolations(page)).toEqual([]);
      expect(await misplacedParts(page)).toEqual([]);
    },
    90_000,
  );
});

describe('charts elsewhere', () => {
  it('mark where their series fired, and watch what a tile shows', async () => {
    workbench = await openWorkbench({ host: sample.host, browser, view: 'practices' });
    const { page } = workbench;
    const mark = page.locator('[data-tile="capture-rate"] .alert-mark').first();
    await mark.waitFor();
    expect(await mark.getAttribute('aria-label')).toMatch(/^Alert: Capture rate .*, \d\d\.\d%, /);
    await takePicture(page, 'alert-marks');
    await page.locator('[data-tile="capture-rate"]').focus(); // its tools come with the focus
    await page.getByRole('button', { name: 'Menu of Capture rate', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Watch this' }).click();
    await page.getByText(/is watched (already|from the next check on)/).waitFor();
    await mark.focus();
    await page.keyboard.press('Enter');
    await page.locator('.alert-sentence').waitFor();
    expect(new URL(page.url()).hash).toMatch(/^#\/alerts\?.*firing=\d+/);
  }, 60_000);
});
