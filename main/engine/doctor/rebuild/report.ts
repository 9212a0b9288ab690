import type { WorkspaceRow } from '../../../catalogue/types.ts';
import { type Check, countOf, findings } from '../check.ts';
import type { UnfitFile } from './read-segments.ts';
import type { Salvage } from './salvage.ts';
import type { RecoveredSegment } from './survey-segments.ts';

/** What a rebuild found and did. */
export interface Rebuilt {
  /** What was wrong with the catalogue. */
  fault: string;
  /** Relative to the data folder. */
  folder: string;
  workspace: WorkspaceRow;
  /** Who said what the workspace is: the damaged catalogue, the copy in workspace.json, or nobody. */
  origin: 'catalogue' | 'copy' | 'none';
  segments: readonly RecoveredSegment[];
  /** Segments that had been replaced by others. */
  replaced: number;
  unfit: readonly UnfitFile[];
  salvage: Salvage;
}

/** What is back and what is not, in words. */
export function reportOf(rebuilt: Rebuilt): Check[] {
  return [
    { name: 'rebuild', status: 'ok', message: whatIsBack(rebuilt) },
    workspaceCheck(rebuilt),
    sourcesCheck(rebuilt),
    {
      name: 'rebuild',
      status: 'warn',
      message:
        'which files were read, the rows in quarantine, dimensions, taxonomy and freshness are not in any segment; ' +
        'the next sync reads the sources again and counts rows that are there already as duplicates',
    },
    ...findings('rebuild', 'warn', rebuilt.unfit.map(unfitMessage(rebuilt)), 'no file had to be set aside'),
  ];
}

function whatIsBack({ fault, folder, segments, replaced }: Rebuilt): string {
  const events = segments.reduce((sum, { row }) => sum + row.rows, 0);
  const days = new Set(segments.map(({ row }) => row.day)).size;
  const left = replaced === 0 ? '' : `; ${countOf(replaced, 'replaced segment')} left out`;
  const kept = fault === 'is missing' ? '' : `, the old one is kept in ${folder}`;
  return (
    `the catalogue ${fault} and was made anew from ${countOf(segments.length, 'segment')} with ` +
    `${countOf(events, 'event')} of ${countOf(days, 'day')}${left}${kept}`
  );
}

function workspaceCheck({ workspace: { name, zone }, origin }: Rebuilt): Check {
  if (origin !== 'none')
    return { name: 'rebuild', status: 'ok', message: `the workspace is "${name}" in ${zone}, as before` };
  const message = `the name and zone of the workspace are lost: it is "${name}" in ${zone} now`;
  return { name: 'rebuild', status: 'warn', message };
}

function sourcesCheck({ salvage: { sources } }: Rebuilt): Check {
  if (sources === null) {
    const message = 'which sources there were is lost; add them again, or import their files again';
    return { name: 'rebuild', status: 'warn', message };
  }
  const message = `${countOf(sources.length, 'source')} read from the damaged catalogue`;
  return { name: 'rebuild', status: 'ok', message };
}

const unfitMessage =
  ({ folder }: Rebuilt) =>
  ({ file, reason }: UnfitFile): string =>
    `${file} is kept as ${folder}/${file} and not used (${reason}); its rows come back with their source`;
