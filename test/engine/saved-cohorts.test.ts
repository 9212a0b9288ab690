import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeCohort, saveCohort } from '../../main/engine/cohorts/cohort-store.ts';
import { openCatalogueReader } from '../../main/catalogue/reader.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

// Saved cohorts in a real catalogue: a list is kept, copied and brought back without leaving the engine unasked.

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace('memory');
});
afterEach(() => {
  workspace.remove();
});

const USERS = ['usr_a', 'usr_b'];
const list = (store: EngineStore) =>
  saveCohort(store, { environment: 'test', cohortId: null, name: 'Listed', definition: { users: USERS } });

function storedUsers(store: EngineStore, cohortId: string): unknown {
  const reader = openCatalogueReader(store.dataDir);
  const snapshot = reader.snapshot();
  const text = snapshot.cohort('test', cohortId)?.definition ?? 'null';
  snapshot.close();
  reader.close();
  return JSON.parse(text);
}

describe('a saved list', () => {
  it('is renamed and copied by naming itself, and shows its length only', () =>
    workspace.withStore((store) => {
      const { cohortId, definition } = list(store);
      expect(definition).toBeNull();
      const renamed = saveCohort(store, {
        environment: 'test',
        cohortId,
        name: 'Other name',
        definition: { sameAs: cohortId },
      });
      expect(renamed).toMatchObject({ cohortId, name: 'Other name', definition: null, listedUsers: 2 });
      const copy = saveCohort(store, {
        environment: 'test',
        cohortId: null,
        name: 'Copy',
        definition: { sameAs: cohortId },
      });
      expect(storedUsers(store, copy.cohortId)).toEqual({ users: USERS });
    }));

  it('is given back when it is removed, so that it can be saved again under its id', () =>
    workspace.withStore((store) => {
      const { cohortId } = list(store);
      const { name, definition } = removeCohort(store, 'test', cohortId);
      expect(definition).toEqual({ users: USERS });
      expect(storedUsers(store, cohortId)).toBeNull();
      saveCohort(store, { environment: 'test', cohortId, name, definition: definition! });
      expect(storedUsers(store, cohortId)).toEqual({ users: USERS });
    }));

  it('too long to be saved from a window is removed without being given back', () =>
    workspace.withStore((store) => {
      const users = Array.from({ length: 90_000 }, (_, n) => `usr_${String(n).padStart(20, '0')}`);
      const { cohortId } = saveCohort(store, {
        environment: 'test',
        cohortId: null,
        name: 'Long',
        definition: { users },
      });
      expect(removeCohort(store, 'test', cohortId)).toMatchObject({ definition: null, listedUsers: 90_000 });
    }));

  it('cannot be the same as one that is not there', () =>
    workspace.withStore((store) => {
      expect(() =>
        saveCohort(store, {
          environment: 'test',
          cohortId: null,
          name: 'X',
          definition: { sameAs: 'nobody' },
        }),
      ).toThrow(/there is no cohort "nobody"/);
    }));
});
