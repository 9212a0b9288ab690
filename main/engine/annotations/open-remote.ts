import path from 'node:path';
import { createFolderRemote } from './folder-remote.ts';
import type { NotesRemote } from './notes-remote.ts';
import type { NotesStore } from './notes-store.ts';
import type { Remote } from './remotes.ts';

export type OpenRemote = (notes: NotesStore, remote: Remote) => NotesRemote;

/** The source behind a registered remote; nothing is read or written yet. A further kind is a further case. */
export const openRemote: OpenRemote = (notes, { environment, config }) =>
  createFolderRemote({
    root: path.resolve(notes.dataDir, config.path),
    environment,
    device: notes.device,
  });
