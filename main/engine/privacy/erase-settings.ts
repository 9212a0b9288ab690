import type { z } from 'zod';
import { AlertRule } from '../../../shared/alerts/rule.ts';
import { AlertChannel, AlertSettings } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { keepWorkspaceFile } from '../store/workspace-file.ts';
import { isSourceKind, SOURCE_KINDS } from '../sync/source-kinds.ts';
import { replacedInJson } from './erase-json.ts';
import type { UserNames } from './user-names.ts';

/** What people wrote about sources, alerts and the workspace: filters, places, names, titles. */

interface SourceRow {
  sourceId: number;
  kind: string;
  name: string;
  environment: string | null;
  dataset: string;
  config: string;
}

/** Returns how many texts changed. A source that was looked for under the id is not found there any more. */
export function eraseSources({ db }: EngineStore, names: UserNames): number {
  const rows = db
    .prepare<[], SourceRow>(
      'SELECT source_id AS sourceId, kind, name, environment, dataset, config FROM sources ORDER BY source_id',
    )
    .all()
    .filter(({ name, config }) => names.isNamedIn(`${name}\n${config}`));
  const update = db.prepare<[Record<string, unknown>]>(
    'UPDATE sources SET name = @name, config = @config, checkpoint = NULL WHERE source_id = @sourceId',
  );
  for (const { sourceId, ...row } of rows) {
    const name = names.replacedIn(row.name);
    update.run({ sourceId, name, config: replacedInJson(row.config, names, judgeOf({ ...row, name })) });
  }
  return rows.length;
}

/** A configuration that its kind cannot read would stop the syncs of all sources. */
function judgeOf({
  kind,
  name,
  environment,
  dataset,
}: Omit<SourceRow, 'sourceId'>): (config: unknown) => boolean {
  if (!isSourceKind(kind)) return () => true;
  const { config: schema } = SOURCE_KINDS[kind];
  return (config) => schema.safeParse({ ...(config as object), name, environment, dataset }).success;
}

const JUDGED_COLUMNS = [
  { table: 'alert_rules', column: 'definition', schema: AlertRule },
  { table: 'alert_settings', column: 'settings', schema: AlertSettings },
  { table: 'alert_outbox', column: 'definition', schema: AlertChannel },
] as const satisfies { table: string; column: string; schema: z.ZodType }[];

/** Rules and channels of alerts; their other texts hold no settings and are looked after with all others. */
export function eraseAlertSettings({ db }: EngineStore, names: UserNames): number {
  return JUDGED_COLUMNS.reduce((sum, { table, column, schema }) => {
    const rows = db
      .prepare<[], { text: string }>(
        `SELECT DISTINCT ${column} AS text FROM ${table} WHERE ${column} IS NOT NULL`,
      )
      .all()
      .filter(({ text }) => names.isNamedIn(text));
    const update = db.prepare<[string, string]>(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`);
    for (const { text } of rows)
      update.run(
        replacedInJson(text, names, (value) => schema.safeParse(value).success),
        text,
      );
    return sum + rows.length;
  }, 0);
}

export function eraseWorkspaceName({ db, workspace }: EngineStore, names: UserNames): number {
  if (!names.isNamedIn(workspace.name)) return 0;
  workspace.name = names.replacedIn(workspace.name);
  db.prepare<[string]>('UPDATE workspace SET name = ?').run(workspace.name);
  return 1;
}

/** The copy of the name beside the catalogue; opening the store makes up for a stop before this. */
export const eraseWorkspaceFile = ({ dataDir, workspace }: EngineStore): void => {
  keepWorkspaceFile(dataDir, workspace);
};
