import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../main/cli/command.ts';
import { expectations } from '../../main/cli/expectations.ts';
import { retention } from '../../main/cli/retention.ts';
import { plainRows } from '../support/plain-rows.ts';
import { type TestWorkspace, NOW_MS, eventOf, testWorkspace } from '../support/workspace.ts';

const DAY_MS = 86_400_000;
const YEARS_AGO = 3 * 365;

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder({ name: 'web' });
  workspace.raw('a.ndjson', [
    ...[0, 1].map((n) => eventOf(n)),
    ...[2, 3, 4].map((n) => eventOf(n, { ts: NOW_MS - 100 * DAY_MS })),
    eventOf(5, { ts: NOW_MS - YEARS_AGO * DAY_MS }),
  ]);
  await workspace.sync();
});
afterEach(() => workspace.remove());

async function run(command: Command, argv: readonly string[], stdin = ''): Promise<string> {
  let out = '';
  const code = await command.run([...argv, '--data-dir', workspace.dataDir], {
    stdin: Readable.from([stdin]),
    stdout: { write: (text) => (out += text) },
    stderr: { write: () => undefined },
    env: {},
    signal: new AbortController().signal,
  });
  expect(code).toBe(0);
  return out;
}

describe('retention', () => {
  const of = (...argv: string[]) => run(retention, argv);
  const firstSource = async (): Promise<{ next: { rows: number }; purges: boolean; hotDays: number }> =>
    (JSON.parse(await of('list', '--json')) as { sources: [never] }).sources[0];

  it('shows what goes, is switched on by who names that number, and takes exactly it', async () => {
    expect(await of('list')).toMatch(
      /^web: rows 90 days, aggregates 730 days, purging is off; a purge takes 4 rows of 2 days \(.*\), 3 of them into aggregates, about \d+ bytes\n$/,
    );
    expect(await of('purge')).toBe('0 rows became aggregates, 0 were removed.\n');
    await expect(of('set', 'web', '--purge', 'on', '--seen-rows', '3')).rejects.toThrow('would take 4 rows');
    expect(await of('set', 'web', '--purge', 'on', '--seen-rows', '4')).toContain('purging is on');
    await expect(of('purge', '--seen-rows', '5')).rejects.toThrow('would take 4 rows now, not 5');
    expect(plainRows(workspace.dataDir)).toHaveLength(6);
    expect(JSON.parse(await of('purge', '--seen-rows', '4', '--json'))).toMatchObject({
      ok: true,
      days: 2,
      rowsToAggregates: 3,
      rowsRemoved: 1,
    });
    expect((await firstSource()).next.rows).toBe(0);
    expect(plainRows(workspace.dataDir)).toHaveLength(5);
  });

  it('keeps what was set', async () => {
    await of('set', 'web', '--hot-days', '30', '--aggregate-days', '5000');
    expect(await firstSource()).toMatchObject({ hotDays: 30, purges: false, next: { rows: 4 } });
  });

  it('refuses what makes no sense', async () => {
    await expect(of('set')).rejects.toThrow('needs the name of a source');
    await expect(of('set', 'web', '--purge', 'maybe')).rejects.toThrow('neither on nor off');
    await expect(of('set', 'web', '--hot-days', 'long')).rejects.toThrow('no whole number');
    await expect(of('set', 'app')).rejects.toThrow('no source of events named "app"');
    await expect(of('keep')).rejects.toThrow('not one of list, set, purge');
  });
});

describe('expectations', () => {
  const SCHEMA = {
    title: 'page_view',
    required: ['page_path'],
    properties: { page_path: { type: 'string' } },
  };

  it('are taken from a file or the input, counted and removed', async () => {
    expect(await run(expectations, ['list'])).toBe('No schema was imported.\n');
    const file = path.join(workspace.dataDir, '..', 'schema.json');
    writeFileSync(file, JSON.stringify(SCHEMA));
    expect(await run(expectations, ['import', file, '--environment', 'test'])).toBe(
      'test page_view: 1 fields; all rows are as expected\n',
    );
    workspace.raw('b.ndjson', [eventOf(10, { properties: { page_path: 7 } }), eventOf(11)]);
    await workspace.sync();
    expect(await run(expectations, ['list'])).toMatch(/page_path: wrong-type in 1 rows/);
    const named = ['--environment', 'test', '--event-type', 'sign_up'];
    expect(await run(expectations, ['import', '-', ...named], JSON.stringify(SCHEMA))).toContain(
      'test sign_up: 1 fields',
    );
    const left = await run(expectations, ['remove', 'page_view', '--environment', 'test', '--json']);
    expect(JSON.parse(left)).toMatchObject({ ok: true, expectations: [{ eventType: 'sign_up' }] });
  });

  it('are refused where the schema says nothing', async () => {
    const from = (schema: object) =>
      run(expectations, ['import', '-', '--environment', 'test'], JSON.stringify(schema));
    await expect(from({ type: 'record' })).rejects.toThrow('expected an Avro record or a JSON Schema');
    await expect(from({ title: 'x', properties: {} })).rejects.toThrow('declares no property');
    await expect(run(expectations, ['import', '-'])).rejects.toThrow('needs a schema and --environment');
    await expect(run(expectations, ['remove', 'page_view', '--environment', 'test'])).rejects.toThrow(
      'no schema was imported',
    );
  });
});
