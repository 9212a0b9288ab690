import type { AlertFiring } from '../../shared/rpc/contract/alerts.ts';
import { workspaceNowMs } from '../engine/alerts/known-to.ts';
import { environmentsOf } from '../engine/alerts/plan.ts';
import {
  type Said,
  sharedThreads,
  shareSaid,
  shareTold,
  takeShared,
} from '../engine/alerts/share-firings.ts';
import { type NotesStore, openNotes } from '../engine/annotations/notes-store.ts';
import type { EngineStore } from '../engine/store/engine-store.ts';
import type { CommandIo } from './command.ts';

/** What commands tell a team of alerts, and hear of it, as the hosts do; it leaves with the next push of notes. */
interface Sharing {
  io: Pick<CommandIo, 'stderr'>;
  store: EngineStore;
}

export function tellSaid(sharing: Sharing, firing: AlertFiring, said: Said): void {
  withNotes(sharing, (notes) => shareSaid(notes, firing, said));
}

export function tellTold(sharing: Sharing): void {
  withNotes(sharing, (notes) => {
    for (const environment of environmentsOf(sharing.store)) shareTold(sharing.store, notes, environment);
  });
}

/** What others said since, before anybody reads or answers it here. */
export function hearSaid(sharing: Sharing, environment: string): void {
  withNotes(sharing, (notes) => {
    takeShared(sharing.store, notes, { environment, threads: sharedThreads(notes, environment) });
  });
}

/** An alert that could not be shared is still an alert. */
function withNotes({ io, store }: Sharing, work: (notes: NotesStore) => void): void {
  try {
    const notes = openNotes(store.dataDir, { now: () => workspaceNowMs(store) });
    try {
      work(notes);
    } finally {
      notes.close();
    }
  } catch (error) {
    io.stderr.write(`not shared with the team: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
