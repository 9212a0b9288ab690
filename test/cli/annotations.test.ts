import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAnnotationService } from '../../main/engine/annotations/annotation-service.ts';
import { acquireLock } from '../../main/lock.ts';
import { aForeignOperation, aNote } from '../support/notes/notes-folder.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const BIN = path.resolve(import.meta.dirname, '../../main/cli/tidemark.js');

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

const run = (argv: readonly string[], { dataDir = workspace.dataDir, input = '' } = {}) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [BIN, 'annotations', ...argv, '--data-dir', dataDir],
    { encoding: 'utf8', input },
  );
  return { stdout, stderr, status };
};

async function writeNotes(): Promise<void> {
  const service = openAnnotationService(workspace.dataDir);
  const { annotationId } = service.create(aNote({ body: 'typed: <b>"ü"</b>' }));
  service.reply({ environment: 'test', annotationId, body: 'and a reply' });
  await service.close();
}

describe('tidemark annotations', () => {
  it('exports operations as lines and imports them elsewhere, once', async () => {
    await writeNotes();
    const { stdout, stderr, status } = run(['export']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { kind: 'create', environment: 'test', fields: { body: 'typed: <b>"ü"</b>' } },
      { kind: 'reply', environment: 'test' },
    ]);
    const other = testWorkspace();
    const first = run(['import', '-', '--json'], { dataDir: other.dataDir, input: stdout });
    expect(first).toMatchObject({ stderr: '', status: 0 });
    expect(JSON.parse(first.stdout)).toEqual({ ok: true, read: 2, kept: 2, duplicate: 0, quarantined: 0 });
    expect(run(['import', '-'], { dataDir: other.dataDir, input: stdout }).stdout).toBe(
      '2 operations read: 0 kept, 2 duplicate, 0 quarantined.\n',
    );
    expect(run(['export'], { dataDir: other.dataDir }).stdout).toBe(stdout);
    expect(run(['export', '--environment', 'none'], { dataDir: other.dataDir }).stdout).toBe('');
    other.remove();
  });

  it('puts what is no operation into quarantine, and says so', () => {
    const file = path.join(workspace.dataDir, 'notes.ndjson');
    writeFileSync(file, `${JSON.stringify(aForeignOperation())}\n\nno json\n`);
    const bare = run(['import', file]);
    expect(bare.stdout).toBe('2 operations read: 0 kept, 0 duplicate, 2 quarantined.\n');
    expect(bare.stderr).toBe('2 are no operations and are in quarantine.\n');
    const named = run(['import', file, '--environment', 'test', '--strict', '--json']);
    expect(named.status).toBe(4);
    expect(JSON.parse(named.stdout)).toMatchObject({ kept: 1, quarantined: 1 });
  });

  it('pushes to a folder and pulls from it, and remembers the folder', async () => {
    await writeNotes();
    const folder = ['--folder', workspace.rawDir, '--environment', 'test'];
    expect(run(['push', ...folder]).stdout).toMatch(
      /: 0 operations read: .* 2 sent, 0 there already, 0 refused\.\n$/,
    );
    const other = testWorkspace();
    expect(run(['pull', ...folder, '--json'], { dataDir: other.dataDir })).toMatchObject({ status: 0 });
    const again = run(['push', '--json'], { dataDir: other.dataDir });
    expect(JSON.parse(again.stdout)).toMatchObject({
      ok: true,
      sources: [{ pulled: { read: 0 }, pushed: { sent: 0 } }],
    });
    expect(run(['export'], { dataDir: other.dataDir }).stdout).toBe(run(['export']).stdout);
    other.remove();
  });

  it('says what was wrong with the command, the folder or the file', () => {
    const failures: [string[], number, string][] = [
      [[], 2, 'annotations needs one of export, import, pull, push'],
      [['remove'], 2, 'annotations needs one of'],
      [['export', 'x'], 2, '"x" is one argument too many'],
      [['import'], 2, 'import needs a file'],
      [['import', '/no/such/file'], 1, '/no/such/file does not exist'],
      [['pull'], 2, 'no source of notes is known yet'],
      [['pull', '--folder', '/tmp'], 2, '--folder needs --environment'],
      [['pull', '--source', 'x', '--folder', '/tmp'], 2, 'exclude each other'],
      [['pull', '--source', 'Nowhere'], 1, 'there is no source of notes named "Nowhere"'],
      [
        ['push', '--folder', '/no/such/folder', '--environment', 'test'],
        1,
        'the folder /no/such/folder is not there',
      ],
    ];
    for (const [argv, status, message] of failures) {
      const outcome = run(argv);
      expect([argv, outcome.status]).toEqual([argv, status]);
      expect(outcome.stderr).toContain(message);
    }
    expect(run(['export'], { dataDir: workspace.rawDir })).toMatchObject({ status: 1 });
  });

  it('leaves a folder that a host holds to the host, except for reading', async () => {
    await writeNotes();
    const lock = acquireLock(workspace.dataDir, 'server');
    try {
      expect(run(['export'])).toMatchObject({ status: 0 });
      expect(run(['import', '-'])).toMatchObject({ status: 3 });
    } finally {
      lock.release();
    }
  });
});
