import type { IconName } from '../parts/Icon.tsx';

/** What can be done with any tile, in the order of its menu. */

export type TileActionId =
  'picture' | 'svg' | 'csv' | 'notes' | 'table' | 'watch' | 'passport' | 'explore' | 'spec' | 'address';

export interface TileAction {
  id: TileActionId;
  label: string;
  icon: IconName;
  keys?: readonly string[];
}

export const TILE_ACTIONS: readonly TileAction[] = [
  { id: 'picture', label: 'Copy as picture', icon: 'picture' },
  { id: 'svg', label: 'Save as SVG', icon: 'save' },
  { id: 'csv', label: 'Copy as CSV', icon: 'copy' },
  { id: 'notes', label: 'Notes in exports and prints', icon: 'pin' },
  { id: 'table', label: 'Chart or table', icon: 'table', keys: ['T'] },
  { id: 'watch', label: 'Watch this', icon: 'bell' },
  { id: 'passport', label: 'Passport of its numbers', icon: 'info', keys: ['I'] },
  { id: 'explore', label: 'Open in Explore', icon: 'explore', keys: ['E'] },
  { id: 'spec', label: 'Copy as QuerySpec', icon: 'code' },
  { id: 'address', label: 'Copy address of this view', icon: 'link' },
];
