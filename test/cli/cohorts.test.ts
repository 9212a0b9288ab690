import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, ndjson } from '../support/workspace.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tidemark-cli-'));
  const rows = Array.from({ length: 30 }, (_, n) => eventOf(n, { user_id: `u${n % 3}` }));
  writeFileSync(path.join(dir, 'events.ndjson'), ndjson(rows));
  expect(tidemark('import', path.join(dir, 'events.ndjson'), '--environment', 'e').status).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true }));

function run(argv: readonly string[], input = '') {
  return spawnSync(process.execPath, [BIN, ...argv, '--data-dir', path.join(dir, 'data')], {
    input,
    encoding: 'utf8',
  });
}
const tidemark = (...argv: string[]) => run(argv);
const save = (definition: unknown, ...more: string[]) =>
  run(['cohorts', 'save', '-', '--environment', 'e', ...more], JSON.stringify(definition));

function eventsOf(cohort: string) {
  const spec = {
    kind: 'trend',
    environment: 'e',
    cohort,
    display: 'total',
    series: [{ event: null, measure: 'events' }],
  };
  const { stdout } = run(['query', '-', '--json'], JSON.stringify(spec));
  return JSON.parse(stdout) as { result?: { series: { total: number }[] }; error?: { message: string } };
}

describe('tidemark cohorts', () => {
  it('saves what questions then name, changes it and removes it without a trace', () => {
    expect(save({ users: ['u0'] }, '--name', 'First Ones').stdout).toBe(
      'Saved "First Ones" as first-ones.\n',
    );
    expect(save({ users: ['u2'] }, '--name', 'first ones').stdout).toContain('as first-ones-2.');
    expect(eventsOf('first-ones').result?.series[0]?.total).toBe(10);
    save({ users: ['u0', 'u1', 'unknown'] }, '--name', 'Both', '--id', 'first-ones');
    expect(eventsOf('first-ones').result?.series[0]?.total).toBe(20);
    expect(tidemark('cohorts', 'list', '--environment', 'e').stdout).toBe(
      'first-ones\tBoth\nfirst-ones-2\tfirst ones\n',
    );
    expect(tidemark('cohorts', 'remove', 'first-ones', '--environment', 'e').status).toBe(0);
    expect(eventsOf('first-ones').error?.message).toBe(
      'cohort: there is no cohort "first-ones" in this environment',
    );
    expect(save({ users: [] }, '--name', 'First ones').stdout).toContain('as first-ones-3.');
  });

  it('refuses what is no definition, with its place', () => {
    const refused = save({ all: [{ did: { event: 'a' }, times: { op: 'gte', value: -1 } }] }, '--name', 'x');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('definition');
    expect(tidemark('cohorts', 'remove', 'never-was', '--environment', 'e').stderr).toContain(
      'there is no cohort "never-was" in environment "e"',
    );
  });
});
