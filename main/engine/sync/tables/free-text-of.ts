import { FREE_TEXT_PROPERTIES } from '../../../../shared/domain/events.ts';
import type { TableConfig } from './table-config.ts';

/** What people wrote stays where it is, unless it is allowed or a map takes it: its keys in the values of a column. */
export function freeTextOf({ map, allow, dataset }: TableConfig): (column: string) => readonly string[] {
  if (dataset !== 'events' || map.event_id === 'hash-of-row') return () => [];
  const wanted = [...(allow ?? []), ...Object.values(map.columns)];
  const taken = new Set(wanted.flatMap((field) => field.split('.')));
  const left = [...FREE_TEXT_PROPERTIES].filter((name) => !taken.has(name)).sort();
  return (column) => (wanted.includes(column) ? [] : left);
}
