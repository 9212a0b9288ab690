import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../main/engine/doctor/check.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { acquireLock } from '../../main/lock.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace();
  await workspace.addFolder();
  workspace.raw('a.ndjson', [eventOf(1), eventOf(1), eventOf(2), { no: 'event' }]);
  await workspace.sync();
});
afterEach(() => workspace.remove());

function doctor(...argv: string[]): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [BIN, 'doctor', '--data-dir', workspace.dataDir, ...argv],
    { encoding: 'utf8' },
  );
  return { stdout, stderr, status };
}

function examined(): { ok: boolean; exit: number | null; checks: Check[] } {
  const { stdout, status } = doctor('--json');
  return { exit: status, ...(JSON.parse(stdout) as { ok: boolean; checks: Check[] }) };
}

const messages = (status: Check['status']): string[] =>
  examined()
    .checks.filter((check) => check.status === status)
    .map(({ name, message }) => `${name}: ${message}`);

const change = (sql: string): void => {
  const db = new SqliteDatabase(path.join(workspace.dataDir, 'catalogue.sqlite'));
  db.pragma('ignore_check_constraints = ON');
  db.exec(sql);
  db.close();
};

describe('tidemark doctor', () => {
  it('says of a healthy folder what it looked at, one line each', () => {
    const { stdout, stderr, status } = doctor();
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.slice(0, 20).trim().split(/ +/))).toEqual(
      [
        'lock',
        'permissions',
        'catalogue',
        'segments',
        'dictionaries',
        'orphans',
        'ledger',
        'files',
        'sweep',
        'merge',
        'unfinished',
      ].map((name) => ['ok', name]),
    );
    expect(stdout).toContain('1 source: 4 rows read = 2 kept + 1 duplicate + 1 quarantined');
    expect(stdout).toContain(
      'test: the sweep for duplicates far apart last ran at 2026-11-19T13:32:00.000Z, nothing came since',
    );
    expect(stdout).toContain('test: small segments were never merged, no day waits');
    expect(examined()).toMatchObject({ ok: true, exit: 0 });
  });

  it('says when segments were merged, and how many days wait for it', async () => {
    workspace.raw('b.ndjson', [eventOf(10), eventOf(11)]);
    await workspace.sync();
    expect(messages('ok')).toContain('merge: test: small segments were never merged, 1 day to be merged');
    await workspace.withStore((store) => mergeDeltas(store));
    expect(messages('ok')).toContain(
      'merge: test: small segments were last merged at 2026-11-19T13:32:00.000Z, no day waits',
    );
    expect(examined()).toMatchObject({ ok: true, exit: 0 });
  });

  it('changes nothing', () => {
    const before = contentOf(workspace.dataDir);
    doctor();
    expect(contentOf(workspace.dataDir)).toEqual(before);
  });

  it('names who holds the folder, and takes its unfinished work for what it is', () => {
    leave('tmp/9.arrow', 'segments/test/events/2026-11-01/1-9.arrow');
    const lock = acquireLock(workspace.dataDir, 'server');
    try {
      lock.setAddress('http://127.0.0.1:4173');
      const { exit, checks } = examined();
      expect(exit).toBe(0);
      expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(checks.map(({ message }) => message)).toEqual(
        expect.arrayContaining([
          `process ${process.pid} (server) holds the folder at http://127.0.0.1:4173`,
          '1 file not committed yet by the process at work',
          '1 unfinished file in tmp/, of the process at work',
        ]),
      );
    } finally {
      lock.release();
    }
  });

  it('warns of what a killed writer left; the next sync takes it away', async () => {
    leave(
      'tmp/9.arrow',
      'segments/test/events/2026-11-01/1-9.arrow',
      'dictionaries/test/p.gone.values',
      'dictionaries/test/user_id.values',
    );
    expect(messages('warn')).toEqual([
      'dictionaries: dictionaries/test/user_id.values has 4 bytes that were never committed; the next sync cuts them off',
      'orphans: segments/test/events/2026-11-01/1-9.arrow is not in the catalogue; the next sync deletes it',
      'orphans: dictionaries/test/p.gone.values is not in the catalogue; the next sync deletes it',
      'unfinished: 1 unfinished file in tmp/, e.g. tmp/9.arrow; the next sync deletes them',
    ]);
    expect(examined().exit).toBe(0);
    await workspace.sync();
    expect(messages('warn')).toEqual([]);
  });

  it('warns of files that were not read whole, and of sources that were not reached', async () => {
    writeFileSync(path.join(workspace.rawDir, 'b.ndjson.gz'), 'no gzip');
    await workspace.sync();
    const file = path.join(workspace.rawDir, 'b.ndjson.gz');
    expect(messages('warn')).toEqual([
      `files: events: b.ndjson.gz was not read whole (${file} is not valid compressed data); mend it and sync again`,
    ]);
  });

  it('warns of a folder that others may enter', () => {
    chmodSync(workspace.dataDir, 0o755);
    expect(messages('warn')).toEqual([
      `permissions: other users of this machine may enter ${workspace.dataDir}; "chmod 700" keeps them out`,
    ]);
  });

  it('fails where the counts do not add up', () => {
    change('UPDATE sources SET kept = kept + 1');
    expect(messages('fail')).toEqual([
      'ledger: events: 4 rows read, but 3 kept + 1 duplicate + 1 quarantined; sync into a fresh data folder',
      'ledger: events: 3 rows kept, but its files add up to 2; sync into a fresh data folder',
      'ledger: the sources kept 3 events, the segments hold 2 events; sync into a fresh data folder',
    ]);
    expect(examined()).toMatchObject({ ok: false, exit: 1 });
  });

  it('fails where rows refer to what is not there, and where a segment is not what the catalogue says', () => {
    change('PRAGMA foreign_keys = OFF; UPDATE quarantine SET object_id = 99');
    change('UPDATE segments SET rows = rows + 1');
    expect(messages('fail')).toEqual([
      expect.stringContaining('1 row of quarantine refers to missing rows of ledger'),
      expect.stringMatching(/^segments: segments\/test\/.*\.arrow holds 2 rows, not 3;/),
      expect.stringContaining('the sources kept 2 events, the segments hold 3 events'),
    ]);
  });

  it('tells what is not swept yet', () => {
    change('DELETE FROM sweeps');
    expect(messages('warn')).toEqual([
      'sweep: test: the sweep for duplicates far apart never ran, 2 rows since; the next sync sweeps them',
    ]);
  });

  it('finds nothing to be merged after an import: that ends with it', () => {
    const file = workspace.raw('more.json', [eventOf(20), eventOf(21)]);
    const argv = ['import', file, '--environment', 'test', '--data-dir', workspace.dataDir];
    expect(spawnSync(process.execPath, [BIN, ...argv]).status).toBe(0);
    expect(messages('ok')).toContainEqual(
      expect.stringMatching(/^merge: test: small segments were last merged at .*, no day waits$/),
    );
  });

  it('makes a lost catalogue anew when told to, says what is back and what is not, and checks it', () => {
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(path.join(workspace.dataDir, `catalogue.sqlite${suffix}`), { force: true });
    expect(doctor().status).toBe(1);
    const { stdout, status } = doctor('--rebuild');
    expect(status).toBe(0);
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual([
      'ok',
      'rebuild',
      'the catalogue is missing and was made anew from 1 segment with 2 events of 1 day',
    ]);
    expect(lines.filter(([word]) => word === 'warn').map(([, name]) => name)).toEqual([
      'rebuild',
      'rebuild',
      'sweep',
    ]);
    expect(examined()).toMatchObject({ ok: true, exit: 0 });
    expect(doctor('--rebuild').stdout).toContain('the catalogue is in order; nothing was changed');
  });

  it('rebuilds nothing where a process holds the folder, or where there is none', () => {
    const lock = acquireLock(workspace.dataDir, 'server');
    try {
      const { status, stderr } = doctor('--rebuild');
      expect(status).toBe(3);
      expect(stderr).toContain(`is open in process ${process.pid}`);
    } finally {
      lock.release();
    }
    const none = path.join(workspace.dataDir, 'none');
    expect(doctor('--rebuild', '--data-dir', none)).toMatchObject({
      status: 1,
      stderr: `tidemark doctor: there is no folder ${none}\n`,
    });
    expect(existsSync(none)).toBe(false);
  });

  it('fails without a workspace, and takes no arguments', () => {
    const empty = path.join(workspace.dataDir, 'none');
    mkdirSync(empty);
    const { status, stderr } = doctor('--data-dir', empty);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `tidemark doctor: there is no workspace in ${empty} (no catalogue.sqlite)\n`,
    });
    expect(doctor('more').status).toBe(2);
  });
});

function leave(...files: string[]): void {
  for (const file of files) {
    const absolute = path.join(workspace.dataDir, file);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, 'left', { flag: 'a' });
  }
}

/** The log's own two files come and go with every reader. */
function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => statSync(path.join(folder, name)).isFile() && !/-(wal|shm)$/.test(name),
  );
  return Object.fromEntries(
    files.sort().map((name) => [name, readFileSync(path.join(folder, name)).toString('base64')]),
  );
}
