import { FREE_TEXT_PROPERTIES } from '../../../../shared/domain/events.ts';
import type { TableConfig } from './table-config.ts';

/** What people wrote, unless it is allowed or a map takes it: it stays where it is. */
export function freeTextOf({ map, allow, dataset }: TableConfig): string[] {
  if (dataset !== 'events' || map.event_id === 'hash-of-row') return [];
  const taken = new Set(
    [...(allow ?? []), ...Object.values(map.columns)].flatMap((field) => field.split('.')),
  );
  return [...FREE_TEXT_PROPERTIES].filter((name) => !taken.has(name)).sort();
}
