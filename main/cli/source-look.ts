import type { Discovery } from '../engine/sync/discover/discover-source.ts';
import type { Preview } from '../engine/sync/discover/preview-source.ts';
import type { FoundTable } from '../engine/sync/source-reader.ts';
import { grid } from './text-grid.ts';

const CELL_LENGTH = 24; // of what a terminal shows of a value

export function tableLineOf({ schema, name, kind, rows }: FoundTable): string {
  const full = schema === null ? name : `${schema}.${name}`;
  return `${full}  ${kind}${rows === null ? '' : `  about ${rows.toLocaleString('en')} rows`}\n`;
}

export function textOfFields({ fields, missing, ...proposal }: Discovery): string {
  const lines = grid([
    ['field', 'type', 'for example'],
    ...fields.map(({ name, type, examples }) => [name, type, cut(examples.join(', '))]),
  ]);
  const asked = missing.length === 0 ? '' : `No field looks like ${missing.join(' or ')}.\n`;
  return `${lines.join('\n')}\n${asked}Proposed: ${JSON.stringify(proposal)}\n`;
}

/** What would be refused has its reason behind it, and its cell in brackets. */
export function textOfPreview({ fields, rows }: Preview): string {
  const lines = rows.map(({ cells, problem }) => [
    ...fields.map((field) => {
      const text = cut(String(cells[field] ?? ''));
      return field === problem?.field ? `[${text}]` : text;
    }),
    problem === null
      ? ''
      : `refused: ${problem.reason}${problem.field === null ? '' : ` (${problem.field})`}`,
  ]);
  return `${grid([[...fields, ''], ...lines]).join('\n')}\n`;
}

const cut = (text: string): string =>
  text.length > CELL_LENGTH ? `${text.slice(0, CELL_LENGTH - 1)}…` : text;
