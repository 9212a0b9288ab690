import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesRefusedUser, textNamesUser } from '../../main/engine/annotations/names-user.ts';
import {
  ENVIRONMENT,
  type NotesFolder,
  aForeignOperation,
  aNote,
  notesFolder,
  pullOf,
  pushOf,
} from '../support/notes/notes-folder.ts';

const environment = ENVIRONMENT;
const USER = 'usr_8f3c21';
const request = { userId: USER, requestId: 'request-7' };

let folder: NotesFolder;
beforeEach(() => {
  folder = notesFolder();
});
afterEach(() => folder.remove());

/** Files of a data folder that hold the user's id anywhere in their bytes. */
const holders = (name: string): string[] =>
  readdirSync(folder.dataDir(name)).filter((file) =>
    readFileSync(path.join(folder.dataDir(name), file)).includes(USER),
  );

describe('a deletion request', () => {
  it('empties what names the user here, in the file and its log, and leaves the rest', () => {
    const ada = folder.open('ada');
    const target = {
      view: 'practices',
      metric: 'capture_rate',
      filters: [{ property: 'user_id', op: 'is' as const, value: USER }],
      breakdown: null,
    };
    const byTarget = ada.create(aNote({ target }));
    const byText = ada.create(aNote());
    ada.reply({ environment, annotationId: byText.annotationId, body: `see ${USER}-session-4.` });
    ada.reply({ environment, annotationId: byText.annotationId, body: `not ${USER}9, who is somebody else` });
    expect(holders('ada')).not.toEqual([]);
    const result = ada.redactUser(request);
    expect(result).toEqual({
      operations: 2,
      annotations: 2,
      quarantined: 0,
      objectsToRemove: [],
      isFileClean: true,
    });
    expect(ada.get(environment, byTarget.annotationId)).toMatchObject({
      target: null,
      isRedacted: true,
      title: { text: '' },
    });
    const kept = ada.get(environment, byText.annotationId);
    expect(kept.body.text).toBe(aNote().body);
    expect(kept.replies.map(({ body }) => body.text)).toEqual(['', `not ${USER}9, who is somebody else`]);
    expect([...ada.exportLines()].filter((line) => line.includes(`${USER}-`))).toEqual([]);
    expect(ada.redactUser(request)).toMatchObject({ operations: 0, annotations: 0 });
  });

  it('leaves the id nowhere in the bytes of the data folder', async () => {
    const ada = folder.open('ada');
    folder.put('far/1.json', JSON.stringify(aForeignOperation({ kind: 'explode', fields: { body: USER } })));
    await pullOf(ada);
    for (let n = 0; n < 50; n++) ada.create(aNote({ body: `${'filler '.repeat(200)} ${USER} ${n}` }));
    expect(ada.redactUser(request)).toMatchObject({ operations: 50, quarantined: 1, isFileClean: true });
    expect(holders('ada')).toEqual([]);
    await ada.close();
    expect(holders('ada')).toEqual([]);
  });

  it('reaches every other copy on arrival, and lists the objects that their owner must remove', async () => {
    const [ada, bo] = [folder.open('ada'), folder.open('bo')];
    const { annotationId } = ada.create(aNote({ body: `about ${USER}` }));
    await pushOf(ada);
    await pullOf(bo);
    ada.reply({ environment, annotationId, body: `never sent: ${USER}` });
    const { objectsToRemove } = ada.redactUser(request);
    const [sent] = folder.keys();
    expect(objectsToRemove).toEqual([{ remote: 'Shared', key: sent }]);
    await pushOf(ada);
    expect(folder.keys()).toHaveLength(3);
    for (const key of folder.keys().slice(1)) expect(JSON.stringify(folder.stored(key))).not.toContain(USER);
    await pullOf(bo);
    expect(JSON.stringify(bo.get(environment, annotationId))).not.toContain(USER);
    expect([...bo.exportLines()].join('')).not.toContain(USER);
    expect(bo.objectsToRemove()).toEqual([{ remote: 'Shared', key: sent }]);
    const late = folder.open('late');
    await pullOf(late); // the object is still there: what it holds is emptied as it comes, or when the request comes
    expect([...late.exportLines()].join('')).not.toContain(USER);
    expect({ ...late.get(environment, annotationId), isMine: null }).toEqual({
      ...bo.get(environment, annotationId),
      isMine: null,
    });
  });

  it('holds for what arrives afterwards from a device that did not know', async () => {
    const ada = folder.open('ada', { isRefusedUser: (id) => id === USER });
    const bo = folder.open('bo');
    ada.redactUser(request);
    const { annotationId } = bo.create(aNote({ body: `Talked to ${USER}; fine.` }));
    await pushOf(bo);
    await pushOf(ada);
    expect([...ada.exportLines()].join('')).not.toContain(USER);
    expect(holders('ada')).toEqual([]);
    await pullOf(bo);
    expect(bo.get(environment, annotationId)).toMatchObject({ isRedacted: true, body: { text: '' } });
    expect(bo.objectsToRemove()).toHaveLength(1);
    folder.put('far/1.json', `no operation at all, but it names ${USER}`);
    await pullOf(ada);
    expect(ada.quarantined(1)[0]).toMatchObject({ reason: 'not-json', content: null });
    expect(holders('ada')).toEqual([]);
  });
});

describe('a text names a user', () => {
  it.each([
    [USER, true],
    [`(${USER})`, true],
    [`${USER}.`, true],
    [`${USER}-session`, true],
    [`x-${USER}`, true],
    [`a@${USER}:b`, true],
    [`${USER}0`, false],
    [`a${USER}`, false],
    [`${USER}_2`, false],
    ['', false],
  ])('%j: %s', (text, isNamed) => {
    expect(textNamesUser(text, USER)).toBe(isNamed);
    expect(namesRefusedUser([text], (id) => id === USER)).toBe(isNamed);
  });

  it('also where the id has spaces or many pieces, and is a whole value', () => {
    expect(namesRefusedUser(['Ada of Oslo'], (id) => id === 'Ada of Oslo')).toBe(true);
    const uuid = '0b0e7c55-1111-4222-8333-123456789abc';
    expect(namesRefusedUser([`signal ${uuid}-9`], (id) => id === uuid)).toBe(true);
  });
});
