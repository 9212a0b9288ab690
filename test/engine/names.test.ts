import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { rebuildCatalogue } from '../../main/engine/doctor/rebuild/rebuild-catalogue.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { plainRows } from '../support/plain-rows.ts';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

/** Event types and property names may be any text (issue 3): none may leave its folder, meet another, or be lost. */
const HOSTILE = [
  '$pageview',
  'user signed up',
  '日本語のイベント',
  '🙂',
  'ÆØÅ',
  'æøå',
  '..',
  '../../../etc/passwd',
  '/etc/passwd',
  'C:\\Windows',
  'a/b',
  'a\\b',
  'a\u0000b',
  'a\nb',
  '.hidden',
  'trailing.',
  'CON',
  'nul.txt',
  '%2F',
  '%',
  '~',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE segments; --",
  '"quoted"',
  '\ufeffbom',
  'e\u0301',
  'é',
  '\ud800',
  '\ufffd',
  'x'.repeat(64),
];

const LONG_NAMES = ['name '.repeat(39), 'æ'.repeat(200), `${'name '.repeat(39)}!`];

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(() => workspace.remove());

const namesUnder = (folder: string): string[] =>
  readdirSync(path.join(workspace.dataDir, folder), { recursive: true, encoding: 'utf8' });

/** What a text is once it has been UTF-8. */
const asStored = (text: string): string => Buffer.from(text).toString();

function expected(events: readonly Record<string, unknown>[]): unknown[] {
  return events
    .map((event) => ({
      type: asStored(String(event['event_type'])),
      values: Object.entries(event['properties'] as Record<string, unknown>)
        .map(([name, value]) => [asStored(`p.${name}`), value])
        .sort(),
    }))
    .map((row) => JSON.stringify(row))
    .sort();
}

const stored = (): unknown[] =>
  plainRows(workspace.dataDir)
    .map((row) => ({
      type: row.event_type,
      values: Object.entries(row)
        .filter(([name]) => name.startsWith('p.'))
        .sort(),
    }))
    .map((row) => JSON.stringify(row))
    .sort();

describe('any text as an event type or a property name', () => {
  it('is stored, merged and rebuilt as it is', async () => {
    const names = [...HOSTILE, ...LONG_NAMES];
    const events = HOSTILE.flatMap((eventType, index) =>
      [0, 1].map((part) =>
        eventOf(index * 2 + part, {
          event_type: eventType,
          // one property of its own name, one with the next name as a text, one as a number
          properties: Object.fromEntries<string | number>([
            [names[index]!, part === 0 ? 'text' : index],
            [names[(index + 3) % names.length]!, `of ${index}`],
          ]),
        }),
      ),
    );
    for (const part of [0, 1]) {
      workspace.raw(
        `${part}.ndjson`,
        events.filter((_, index) => index % 2 === part),
      );
      expect(await workspace.sync()).toMatchObject({ state: 'idle', counts: { kept: HOSTILE.length } });
    }
    expect(stored()).toEqual(expected(events));
    const limits = { deltaShare: 0, deltaFiles: 0, ownFileRows: 1, filesAtOnce: 4096 };
    await workspace.withStore((store) => mergeDeltas(store, { limits }));
    expect(stored()).toEqual(expected(events));
    expect(disorderOf(workspace.dataDir)).toEqual([]);
    expect(faultsOf(workspace.dataDir)).toEqual([]);

    rmSync(path.join(workspace.dataDir, 'catalogue.sqlite'));
    await rebuildCatalogue(workspace.dataDir, { signal: new AbortController().signal, now: Date.now });
    expect(stored()).toEqual(expected(events));
    await workspace.withStore(() => undefined); // deletes what the catalogue does not name
    expect(stored()).toEqual(expected(events));
    expect(faultsOf(workspace.dataDir)).toEqual([]);
  });

  it('makes no file outside its folder, and no name that a file system could refuse', async () => {
    const beside = () => readdirSync(path.dirname(workspace.dataDir));
    const before = beside();
    workspace.raw(
      'a.ndjson',
      HOSTILE.map((name, n) =>
        eventOf(n, { event_type: name, properties: { [name]: 'text', [`${name}/..`]: 'text' } }),
      ),
    );
    await workspace.sync();
    expect(beside()).toEqual(before);
    for (const name of [...namesUnder('segments'), ...namesUnder('dictionaries')].map((file) =>
      path.basename(file),
    )) {
      expect(name).toMatch(/^(?!\.)(?!(con|nul)(\.|$))[A-Za-z0-9_.%~-]{1,140}$/);
    }
  });

  it('may name an environment', async () => {
    const rows = HOSTILE.map((environment, n) => eventOf(n, { environment: asStored(environment) }));
    const file = workspace.raw('a.ndjson', rows);
    await workspace.withStore((store) =>
      importFiles(store, [file], { environment: null, dataset: 'events' }),
    );
    const environments = plainRows(workspace.dataDir).map(({ environment }) => environment);
    expect(new Set(environments)).toEqual(new Set(HOSTILE.map(asStored)));
    expect(faultsOf(workspace.dataDir)).toEqual([]);
  });
});
