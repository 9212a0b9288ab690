import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SavedViews } from '../../main/engine/views/saved-views.ts';

let dir: string;
let nowMs = Date.UTC(2026, 10, 19);
const views = () => new SavedViews(dir, () => nowMs);
const input = (name: string, address = '#/practices', viewId: string | null = null) => ({
  viewId,
  name,
  address,
});

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'tidemark-views-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('saved views', () => {
  it('are there for the next process, by name, in a file of their owner only', () => {
    views().save(input('Low days', '#/practices?range=90d'));
    views().save(input('A second'));
    expect(
      views()
        .list()
        .map(({ name, viewId, address }) => [name, viewId, address]),
    ).toEqual([
      ['A second', 'a-second', '#/practices'],
      ['Low days', 'low-days', '#/practices?range=90d'],
    ]);
    const [file, ...more] = readdirSync(dir);
    expect(more).toEqual([]);
    expect(statSync(path.join(dir, file ?? '')).mode & 0o777).toBe(0o600);
  });

  it('get ids that nobody has, whatever their name', () => {
    const ids = ['Å b!', 'a b', 'ひ', 'ひ'].map((name) => views().save(input(name)).viewId);
    expect(ids).toEqual(['a-b', 'a-b-2', 'view', 'view-2']);
  });

  it('change under their id and keep when they were made', () => {
    const first = views().save(input('One'));
    nowMs += 1_000;
    const second = views().save(input('Two', '#/funnels', first.viewId));
    expect(second).toEqual({
      ...first,
      name: 'Two',
      address: '#/funnels',
      changedAt: new Date(nowMs).toISOString(),
    });
    expect(views().list()).toEqual([second]);
  });

  it('give back what is removed, and refuse what is not there', () => {
    const saved = views().save(input('One'));
    expect(views().remove(saved.viewId)).toEqual(saved);
    expect(views().list()).toEqual([]);
    expect(() => views().remove(saved.viewId)).toThrow(/no saved view "one"/);
  });

  it('are never overwritten where the file cannot be read', () => {
    const file = path.join(dir, 'saved-views.json');
    writeFileSync(file, '{"version":1,"views":[{');
    expect(() => views().list()).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => views().save(input('One'))).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(statSync(file).size).toBe(23);
  });
});
