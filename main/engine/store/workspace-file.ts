import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { WorkspaceRow } from '../../catalogue/types.ts';

/** A copy of what the catalogue says of the workspace, for the day the catalogue is lost: no segment knows a zone. */
const WORKSPACE_FILE = 'workspace.json';

const StoredWorkspace: z.ZodType<WorkspaceRow> = z.object({
  workspaceId: z.string(),
  name: z.string(),
  zone: z.string(),
  weekStart: z.enum(['monday', 'sunday']),
  asOfMs: z.number().nullable(),
  shards: z.int().positive(),
});

/** Writes the copy where there is none or it says something else. */
export function keepWorkspaceFile(dataDir: string, workspace: WorkspaceRow): void {
  const file = path.join(dataDir, WORKSPACE_FILE);
  const { workspaceId, name, zone, weekStart, asOfMs, shards } = workspace;
  const text = `${JSON.stringify({ workspaceId, name, zone, weekStart, asOfMs, shards }, null, 2)}\n`;
  const known = statSync(file, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(file, 'utf8');
  if (known === text) return;
  writeFileSync(`${file}.new`, text, { flush: true });
  renameSync(`${file}.new`, file);
}

/** Undefined where there is none, or none that makes sense. */
export function readWorkspaceFile(dataDir: string): WorkspaceRow | undefined {
  try {
    return StoredWorkspace.parse(JSON.parse(readFileSync(path.join(dataDir, WORKSPACE_FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
