import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANNOTATION_FOLDER, annotationFilesOf } from '../../main/engine/sample/annotations.ts';
import { storyOf } from '../../main/engine/sample/story.ts';
import { SAMPLE_ENVIRONMENT } from '../../main/engine/sample/wire.ts';
import { type NotesFolder, notesFolder } from '../support/notes/notes-folder.ts';

let folder: NotesFolder;
beforeEach(() => {
  folder = notesFolder();
});
afterEach(() => folder.remove());

describe('the annotations of the sample', () => {
  it.each([0, 1, 2, 9])('of seed %i fold to four, one of them in conflict', async (seed) => {
    const story = storyOf(seed, 180);
    const files = annotationFilesOf(story);
    for (const { path: file, operation } of files) {
      mkdirSync(path.dirname(path.join(folder.sharedDir, file)), { recursive: true });
      writeFileSync(path.join(folder.sharedDir, file), JSON.stringify(operation));
    }
    const notes = folder.open('a', { wallMs: () => story.asOfMs });
    const remoteId = notes.addRemote({
      name: 'Sample',
      environment: SAMPLE_ENVIRONMENT,
      config: { kind: 'folder', path: path.join(folder.sharedDir, ANNOTATION_FOLDER) },
    });
    const { pulled } = await notes.pull(remoteId);
    expect(pulled).toMatchObject({ kept: files.length, quarantined: 0 });
    const all = notes.list({ environment: SAMPLE_ENVIRONMENT });
    expect(all).toHaveLength(4);
    expect(all.filter(({ isIncomplete, createdAtMs }) => isIncomplete || createdAtMs === null)).toEqual([]);
    const [conflict, ...others] = notes.list({ environment: SAMPLE_ENVIRONMENT, show: 'conflict' });
    expect(others).toEqual([]);
    expect(conflict!.body.versions).toHaveLength(2);
    const base = files.find(
      ({ operation: { kind, annotation_id: id } }) => kind === 'create' && id === conflict!.annotationId,
    );
    expect(conflict!.body.base).toBe(base!.operation.fields['body']);
  });
});
