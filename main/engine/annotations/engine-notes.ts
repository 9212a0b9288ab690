import path from 'node:path';
import type { Runtime } from '../../../shared/rpc/runtime.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import { type AnnotationService, createAnnotationService } from './annotation-service.ts';
import { type NotesChange, type NotesStore, openNotes } from './notes-store.ts';
import { createNotesSchedule } from './sync-schedule.ts';

export interface NotesPlace {
  dataDir: string;
  /** The instant at which a workspace stands still; null: it follows the clock. */
  asOfMs: number | null;
  /** Notes that come with the workspace: a folder that holds annotations/<environment>/ops/. */
  sample: { environment: string; folder: string } | null;
}

export interface EngineNotes {
  service: AnnotationService;
  /** What deletions empty. */
  store: NotesStore;
  /** Something was written: it is sent soon. */
  wake(): void;
  close(): Promise<void>;
}

interface EngineNotesOptions {
  runtime: Pick<Runtime, 'startTimer'>;
  onChanged: (change: NotesChange) => void;
  /** Whether a deletion request has removed a person: what names one is kept out. */
  isRefusedUser: (userId: string) => boolean;
  secrets?: SecretReader | undefined;
}

const MOST_NAMED = 500; // beyond it a listener reads everything anew

/** The annotations of the engine: opened with the workspace, synced on time, and soon after something is written. */
export function openEngineNotes(
  place: NotesPlace,
  { runtime, onChanged, isRefusedUser, secrets }: EngineNotesOptions,
): EngineNotes {
  const { asOfMs } = place;
  const store = openNotes(place.dataDir, {
    ...(asOfMs === null ? {} : { now: () => asOfMs }),
    isRefusedUser,
    ...(secrets === undefined ? {} : { secrets }),
    onChanged({ environment, annotationIds }) {
      onChanged({ environment, annotationIds: annotationIds.length > MOST_NAMED ? [] : annotationIds });
    },
  });
  const service = createAnnotationService(store);
  if (place.sample !== null) addSample(service, place.dataDir, place.sample);
  const schedule = createNotesSchedule({ service, runtime, wallMs: () => Date.now() });
  return {
    service,
    store,
    wake: schedule.wake,
    async close() {
      await Promise.all([schedule.stop(), service.close()]);
    },
  };
}

/** Once: whoever removes the source of the sample's notes does not get it back. */
function addSample(
  service: AnnotationService,
  dataDir: string,
  { environment, folder }: { environment: string; folder: string },
): void {
  const isNew =
    service.remotes().length === 0 && service.list({ environment, withDeleted: true }).length === 0;
  if (isNew)
    service.addRemote({
      name: 'Sample notes',
      environment,
      config: { kind: 'folder', path: path.relative(dataDir, folder) },
    });
}
