import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ViewId } from '../../renderer/state/address.ts';
import { launchBrowser } from '../support/browser.ts';
import { type RawData, readRaw } from '../support/recount.ts';
import type { SampleHost } from '../support/sample-host.ts';
import { startSyncedSample } from '../support/synced-sample.ts';
import { axeViolations, misplacedParts, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Theme, type Workbench } from '../support/workbench.ts';

let host: SampleHost;
let browser: Browser;
let raw: RawData;
let workbench: Workbench | undefined;

beforeAll(async () => {
  const [sample, launched] = await Promise.all([startSyncedSample(), launchBrowser()]);
  host = sample.host;
  browser = launched;
  raw = readRaw(sample.rawDir, { environment: 'sample', asOf: sample.asOf });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await host.stop();
});
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.close();
  workbench = undefined;
  expect(complaints).toEqual([]);
});

describe('looks', () => {
  it('pictures', async () => {
    const { workspace } = { workspace: await host.client.call('query.workspace', {}) };
    const environment = workspace.environments[0]!;
    console.log(JSON.stringify(environment.practices), JSON.stringify(environment.masters), raw.events.length);
    const p = environment.practices[4]!.id;
    const m = environment.masters[0]!.id;
    const shots: [string, ViewId, string][] = [
      ['practices', 'practices', ''],
      ['lens', 'practices', '?lens=changes&range=90d'],
      ['people', 'practices', '?page=people'],
      ['masters', 'masters', ''],
      ['practice', 'practice', `?of=${p}`],
      ['practice-people', 'practice', `?of=${p}&page=people`],
      ['practice-lens', 'practice', `?of=${p}&lens=changes&range=90d`],
      ['master', 'master', `?of=${m}`],
      ['master-people', 'master', `?of=${m}&page=people`],
    ];
    for (const [name, view, query] of shots) {
      for (const [theme, width, height] of [['light', 1440, 900], ['dark', 1100, 720]] as [Theme, number, number][]) {
        const opened = await openWorkbench({ host, browser, view, query, theme, width, height });
        await opened.page.waitForTimeout(300);
        await opened.page.screenshot({ path: `/tmp/pages-shots/${name}-${theme}.png` });
        console.log(name, theme, JSON.stringify(await misplacedParts(opened.page)), JSON.stringify(await axeViolations(opened.page)), JSON.stringify(opened.complaints));
        await opened.close();
      }
    }
  }, 600_000);
});
