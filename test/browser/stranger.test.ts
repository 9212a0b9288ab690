import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startHostOnCopy } from '../support/sample-host.ts';
import { numberIn, openWorkbench, readTwin, type Workbench } from '../support/workbench.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

// A stranger's folder: event types, practices and states that nobody declared, no dimension, no taxonomy, the real clock.

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let browser: Browser;
let workspace: TestWorkspace;
let workbench: Workbench | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  const complaints = workbench?.complaints ?? [];
  await workbench?.page.close();
  await workbench?.close();
  workbench = undefined;
  workspace.remove();
  expect(complaints).toEqual([]);
});

interface Planned {
  daysAgo: number;
  completed: number;
  captured: number;
}

/** Noon UTC of a day that many days before today. */
const noon = (daysAgo: number): number =>
  Math.floor(Date.now() / DAY_MS) * DAY_MS - daysAgo * DAY_MS + 12 * HOUR_MS;
const dateOf = (daysAgo: number): string => new Date(noon(daysAgo)).toISOString().slice(0, 10);

function rowsOf(plan: readonly Planned[]): object[] {
  return plan.flatMap(({ daysAgo, completed, captured }) =>
    Array.from({ length: completed }, (_, index) => {
      const session = `${daysAgo}-${index}`;
      const ts = new Date(noon(daysAgo) + index * 1_000).toISOString();
      const properties = {
        practice_id: index % 3 === 0 ? 'tide pools' : 'Ünïcode "x" <b>',
        practice_session_id: session,
      };
      const common = { ts, user_id: `usr_${index % 50}`, session_id: session };
      return [
        { ...common, event_id: `c-${session}`, event_type: 'session_completed', properties },
        {
          ...common,
          event_id: `o-${session}`,
          event_type: 'order_placed',
          properties: { total: index, nested: { a: { b: 1 } } },
        },
        ...(index < captured
          ? [
              {
                ...common,
                event_id: `r-${session}`,
                event_type: 'reaction_captured',
                properties: { ...properties, state: index % 4 === 0 ? 'meh' : 'wow' },
              },
            ]
          : []),
      ];
    }).flat(),
  );
}

async function open(plan: readonly Planned[], extra: readonly object[] = []) {
  workspace = testWorkspace();
  workspace.raw('events/part-1.ndjson.gz', rowsOf(plan));
  workspace.raw('events/part-2.ndjson', [...extra, ...rowsOf(plan).slice(0, 5)]);
  await workspace.addFolder();
  await workspace.sync({}, { now: () => Date.now() });
  const host = await startHostOnCopy(workspace.dataDir);
  workbench = await openWorkbench({ host, browser });
  return { ...workbench, host };
}

describe('the Practices view on a stranger’s events', () => {
  it('names days, practices and states as the data does', async () => {
    const plan = Array.from({ length: 10 }, (_, index) => ({
      daysAgo: 12 - index,
      completed: 220,
      captured: index === 4 || index === 5 ? 160 : 200,
    }));
    const { page, host } = await open(plan);
    try {
      const rows = await readTwin(page, 'capture-rate');
      for (const { daysAgo, completed, captured } of plan) {
        const row = rows.find(({ date }) => date === dateOf(daysAgo));
        expect([numberIn(row?.['completed']), numberIn(row?.['captured'])]).toEqual([completed, captured]);
      }
      const lead = (await page.locator('.page-finding strong').textContent()) ?? '';
      expect(lead).toMatch(/^Capture fell below 85% on /);
      expect(lead).toContain(String(new Date(noon(8)).getUTCDate()));
      expect(await page.locator('.heat-table tbody .heat-name').allTextContents()).toEqual([
        'Ünïcode "x" <b>',
        'tide pools',
      ]);
      expect((await page.locator('.heat-state-head').allTextContents()).toSorted()).toEqual(['meh', 'wow']);
      expect(await page.locator('[data-figure="most-common"] .key-figure-value').textContent()).toBe('wow');
    } finally {
      await page.close();
      await host.stop();
    }
  });

  it('says plainly that there is nothing to capture where no session was completed', async () => {
    const unknown = Array.from({ length: 40 }, (_, index) => ({
      event_id: `x-${index}`,
      event_type: index % 2 === 0 ? 'order_placed' : 'häring gefischt',
      ts: new Date(noon(2) + index * 60_000).toISOString(),
      properties: { anything: [1, 2, 3], deep: { er: index } },
    }));
    const { page, host } = await open([], unknown);
    try {
      expect(await page.locator('.page-finding').textContent()).toBe('No completed sessions in these dates.');
      expect(await page.locator('.tile-block h3').allTextContents()).toEqual([
        'No sessions match',
        'No sessions match',
        'No reactions match',
        'No reactions match',
      ]);
      expect(await page.locator('.title-bar').textContent()).not.toContain('as of');
    } finally {
      await page.close();
      await host.stop();
    }
  });
});
