import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENVIRONMENT, type NotesFolder, notesFolder, pushOf } from '../support/notes/notes-folder.ts';

const CHILD = path.resolve(import.meta.dirname, '../support/notes-child.ts');
const KILLS = process.env['TIDEMARK_DEEP'] === '1' ? 25 : 2;

let folder: NotesFolder;
beforeEach(() => {
  folder = notesFolder();
});
afterEach(() => folder.remove());

/** Kills the writer after so many notes; resolves with the ids that it had called saved. */
function writeAndKill(dataDir: string, notes: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.split('\n').length > notes) child.kill('SIGKILL');
    });
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1));
      else reject(new Error(errors));
    });
  });
}

describe('a killed writer', () => {
  it('has every note that it called saved, each of them waiting to be sent', async () => {
    folder.open('a');
    for (let kill = 0; kill < KILLS; kill++) {
      const service = folder.open('a');
      const before = new Set(
        service.list({ environment: ENVIRONMENT }).map(({ annotationId }) => annotationId),
      );
      await service.close();
      const saved = await writeAndKill(folder.dataDir('a'), 5 + kill * 7);
      const after = folder.open('a');
      const ids = after
        .list({ environment: ENVIRONMENT, show: 'pending' })
        .map(({ annotationId }) => annotationId);
      expect(ids).toEqual(expect.arrayContaining([...before, ...saved]));
      expect(ids.length - before.size - saved.length).toBeLessThanOrEqual(1); // saved, but not yet said
      await after.close();
    }
    const service = folder.open('a');
    const { pushed } = await pushOf(service);
    expect(pushed?.sent).toBe(service.list({ environment: ENVIRONMENT }).length);
    expect(service.pending(ENVIRONMENT)).toEqual([]);
  });
});
