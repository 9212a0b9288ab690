import SqliteDatabase from 'better-sqlite3';
import { prepareNotesDb } from '../../../main/catalogue/notes/open-notes-db.ts';
import {
  type AnnotationService,
  createAnnotationService,
} from '../../../main/engine/annotations/annotation-service.ts';
import { NotesStore } from '../../../main/engine/annotations/notes-store.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import type { RemoteWorld, Trouble } from './remote-world.ts';
import type { SmallRandom } from './small-random.ts';

export const ENVIRONMENT = 'test';
const STARTED_MS = Date.UTC(2026, 10, 19);

/** What a person sees after a look: the annotations, and every operation whose words the device held then. */
export interface Look {
  annotations: Map<string, AnnotationView>;
  read: ReadonlySet<string>;
}

/**
 * One device of a history: the real store, commands and sync on a real SQLite file that lives in memory. `trouble` is what
 * its next sync meets.
 */
export class SimulatedDevice {
  readonly name: string;
  readonly #world: RemoteWorld;
  readonly #random: SmallRandom;
  service: AnnotationService;
  store: NotesStore;
  look: Look = { annotations: new Map(), read: new Set() };
  trouble: Trouble | null = null;
  offMs = 0;
  backup: Buffer;
  /** What its deletion requests say; kept outside of the data folder's notes. */
  readonly refusedUsers = new Set<string>();
  readonly #step: () => number;
  #database!: SqliteDatabase.Database; // opened by the constructor

  constructor(name: string, world: RemoteWorld, random: SmallRandom, step: () => number) {
    this.name = name;
    this.#world = world;
    this.#random = random;
    this.#step = step;
    [this.store, this.service] = this.#open(emptyNotes());
    this.service.setAuthor({ name });
    this.service.addRemote({
      name: 'world',
      environment: ENVIRONMENT,
      config: { kind: 'folder', path: '/world' },
    });
    this.backup = this.copy();
    this.takeLook();
  }

  takeLook(): void {
    const views = this.service.list({ environment: ENVIRONMENT, withDeleted: true });
    this.look = { annotations: new Map(views.map((view) => [view.annotationId, view])), read: this.#read() };
  }

  /** op_ids in its log. */
  known(): Set<string> {
    const rows = this.store.db.prepare<[], { opId: string }>('SELECT op_id AS opId FROM operations').all();
    return new Set(rows.map(({ opId }) => opId));
  }

  /** op_ids in its log that no deletion request has emptied. */
  #read(): Set<string> {
    const rows = this.store.db
      .prepare<[], { opId: string }>(
        `SELECT op_id AS opId FROM operations WHERE json_extract(fields, '$.redacted') IS NULL`,
      )
      .all();
    return new Set(rows.map(({ opId }) => opId));
  }

  copy(): Buffer {
    return this.#database.serialize();
  }

  /** Goes on with a copy of the data folder, this one or an older one; what was in memory is gone. */
  async startFrom(copy: Buffer): Promise<void> {
    await this.service.close();
    [this.store, this.service] = this.#open(copy);
  }

  #open(copy: Buffer): [NotesStore, AnnotationService] {
    const options = {
      wallMs: () => STARTED_MS + this.#step() * 1_000 + this.offMs,
      random: this.#random.next,
      newId: () => newUuid(this.#random),
      isRefusedUser: (userId: string) => this.refusedUsers.has(userId),
    };
    this.#database = new SqliteDatabase(copy);
    const store = new NotesStore('/', prepareNotesDb(this.#database), options);
    const quiet: Trouble = { fault: 'none', isDelayed: false, random: this.#random };
    const service = createAnnotationService(store, {
      openRemote: () => this.#world.open(store.device, this.trouble ?? quiet),
    });
    return [store, service];
  }
}

let template: Buffer | undefined;

/** An empty notes.sqlite; made once, because its schema takes longer than a whole history. */
function emptyNotes(): Buffer {
  if (template === undefined) {
    const db = new SqliteDatabase(':memory:');
    prepareNotesDb(db);
    template = db.serialize();
    db.close();
  }
  return template;
}

function newUuid(random: SmallRandom): string {
  const digits = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
