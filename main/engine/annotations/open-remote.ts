import path from 'node:path';
import type { RemoteConfig } from '../../../shared/annotations/remote.ts';
import { servicesOf } from '../sync/services.ts';
import { createClickHouseRemote, makeClickHouseTable } from './clickhouse-remote.ts';
import { createFolderRemote } from './folder-remote.ts';
import type { NotesRemote } from './notes-remote.ts';
import type { NotesStore } from './notes-store.ts';
import { createPostgresRemote, makePostgresTable } from './postgres-remote.ts';
import type { RemoteServices } from './remote-services.ts';
import type { Remote } from './remotes.ts';
import { createS3Remote } from './s3-remote.ts';

export type OpenRemote = (notes: NotesStore, remote: Remote) => NotesRemote;
/** What it takes of the notes to open a source of them. */
type Opener = Pick<NotesStore, 'dataDir' | 'device' | 'wallMs'> & Partial<Pick<NotesStore, 'secrets'>>;

/** The source behind a registered remote; nothing is read or written yet. A further kind is a further case. */
export const openRemote = (
  notes: Opener,
  { environment, config }: Pick<Remote, 'environment' | 'config'>,
): NotesRemote => {
  const { device } = notes;
  const services = servicesFor(notes);
  switch (config.kind) {
    case 'folder':
      return createFolderRemote({
        root: path.resolve(notes.dataDir, config.path),
        environment,
        device,
        nowMs: notes.wallMs,
      });
    case 's3':
      return createS3Remote({ config, environment, device, services });
    case 'postgres':
      return createPostgresRemote({ config, environment, device, services });
    case 'clickhouse':
      return createClickHouseRemote({ config, environment, device, services });
  }
};

const servicesFor = ({ dataDir, wallMs, secrets = null }: Opener): RemoteServices =>
  servicesOf(dataDir, wallMs, secrets === null ? {} : { secrets });

/** Makes the table of a database where it is missing; other kinds need none. */
export async function makeTable(notes: NotesStore, config: RemoteConfig, signal: AbortSignal): Promise<void> {
  const shared = { environment: '', device: notes.device, services: servicesFor(notes) };
  if (config.kind === 'postgres') await makePostgresTable({ config, ...shared }, signal);
  if (config.kind === 'clickhouse') await makeClickHouseTable({ config, ...shared }, signal);
}
