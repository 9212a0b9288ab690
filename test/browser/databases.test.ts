import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type SampleHost, startHostOnCopy } from '../support/sample-host.ts';
import { type TableEngine, startTableEngine } from '../support/table-engines.ts';
import { axeViolations, misplacedParts, takePicture } from '../support/view-checks.ts';
import { openWorkbench, type Workbench } from '../support/workbench.ts';

// The forms of databases against real servers, from an empty folder to a source that is gone again.

const TABLES = {
  postgres: `CREATE TABLE analytics (uuid text, event text, "timestamp" timestamptz, ingested_at timestamptz,
    distinct_id text, goal text, comment text)`,
  clickhouse: `CREATE TABLE analytics (uuid String, event String, timestamp Nullable(DateTime64(3, 'UTC')),
    ingested_at DateTime64(3, 'UTC'), distinct_id String, goal String, comment String)
    ENGINE = MergeTree ORDER BY uuid`,
};
const ROWS = 25;
const PREVIEWED = 20;
const rowOf = (n: number) => {
  const at = new Date(Date.UTC(2026, 10, 12) + n * 60_000).toISOString();
  return {
    uuid: `id-${n}`,
    event: 'page_view',
    timestamp: at,
    ingested_at: at,
    distinct_id: `usr_${n % 4}`,
    goal: n % 2 === 0 ? 'mail ada@example.org' : 'calm',
    comment: 'what a person wrote',
  };
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());

describe.each(['postgres', 'clickhouse'] as const)('the form of %s', (kind) => {
  let engine: TableEngine;
  let host: SampleHost;
  let folder: string;
  let workbench: Workbench;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidemark-form-'));
    [engine, host] = await Promise.all([startTableEngine(kind), startHostOnCopy(folder)]);
    await engine.createEvents();
    await engine.run(TABLES[kind]);
    await engine.run('CREATE VIEW recent AS SELECT * FROM analytics');
    await engine.insert(
      'analytics',
      Array.from({ length: ROWS }, (_, n) => rowOf(n)),
    );
  }, 120_000);
  afterAll(async () => {
    await host.stop();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await workbench.close();
    expect(workbench.complaints).toEqual([]);
  });

  const stored = async (name: string) => {
    const { sources } = await host.client.call('query.sources', {});
    return sources.find((source) => source.name === name);
  };

  it('lists tables, shows 20 rows, tells the cost, pulls, is edited and removed', async () => {
    const config = engine.source() as unknown as Record<string, unknown>;
    workbench = await openWorkbench({
      host,
      browser,
      view: 'sources',
      query: `?new=${kind}`,
      prepare: () => Promise.resolve(),
    });
    const { page } = workbench;
    const fill = (field: string, value: unknown) =>
      page.locator(`[data-field="${field}"]`).fill(String(value));
    await fill('name', 'Analytics');
    await fill('environment', 'prod');
    for (const field of ['host', 'port', 'database', 'user']) await fill(field, config[field]);
    await page.getByLabel('Encryption').selectOption('None');
    await page.getByRole('button', { name: 'List tables' }).click();
    await page.getByText(/The tables cannot be listed/).waitFor(); // no password yet

    await page.getByLabel('Password', { exact: true }).fill(engine.password);
    await page.getByRole('button', { name: 'Store' }).click();
    await page.getByText('The secret “analytics” is set').waitFor();
    expect(await page.content()).not.toContain(engine.password);
    await page.getByRole('button', { name: 'List tables' }).press('Enter');
    const tables = page.getByLabel('Tables and views');
    await tables.waitFor();
    const offered = await tables.locator('option').allTextContents();
    expect(offered.slice(1).map((label) => label.replace(/^public\./, ''))).toEqual([
      'analytics',
      'events',
      'recent (view)',
    ]);
    await tables.selectOption(offered[1] ?? '');
    expect(await page.locator('[data-field="table"]').inputValue()).toBe('analytics');

    await page.getByRole('button', { name: 'Test and look' }).click();
    await page.locator('.field-map tbody tr').first().waitFor({ timeout: 30_000 });
    expect(await page.locator('.field-map tbody tr').count()).toBe(PREVIEWED);
    expect(await page.getByLabel('timestamp becomes').inputValue()).toBe('ts');
    expect(await page.getByLabel('comment becomes').inputValue()).toBe(''); // free text is not pulled
    expect(await page.locator('.field-map').textContent()).not.toMatch(/ada@|what a person/);
    expect(await page.locator('[data-amount="rows"] strong').textContent()).toBe(String(ROWS));
    expect((await host.client.call('query.sources', {})).sources).toEqual([]); // nothing is stored yet
    expect(await axeViolations(page)).toEqual([]);
    expect(await misplacedParts(page)).toEqual([]);
    await takePicture(page, `sources-${kind}`);

    await page.getByLabel('goal becomes').selectOption('Not pulled');
    await page.locator('.field-map td[data-scrubbed="true"]').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save and sync' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).waitFor({ timeout: 30_000 });
    await expect.poll(async () => (await stored('Analytics'))?.kept, { timeout: 30_000 }).toBe(ROWS);
    expect(await stored('Analytics')).toMatchObject({ read: ROWS, quarantined: 0, kind });

    await page.waitForFunction(() => !document.title.includes('New workspace')); // the first source has made one
    await page.getByRole('button', { name: 'Remove', exact: true }).waitFor();
    await fill('name', 'Web analytics');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('link', { name: /Web analytics/ }).waitFor();
    expect(await stored('Web analytics')).toMatchObject({ kept: ROWS });
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Remove the source' }).click();
    await page.getByRole('link', { name: /Web analytics/ }).waitFor({ state: 'detached' });
    expect(await stored('Web analytics')).toBeUndefined();
    expect((await host.client.call('query.workspace', {})).store.events).toBe(ROWS); // what it brought stays
  }, 120_000);
});
