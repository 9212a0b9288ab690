import type { IconName } from '../../parts/Icon.tsx';

export const PALETTE_GROUPS = ['filter', 'dates', 'go', 'run'] as const;
export type PaletteGroup = (typeof PALETTE_GROUPS)[number];

export const GROUP_LABELS: Record<PaletteGroup, string> = {
  filter: 'Filter this view',
  dates: 'Dates',
  go: 'Go to',
  run: 'Run',
};

export interface PaletteEntry {
  id: string;
  group: PaletteGroup;
  icon: IconName;
  label: string;
  /** Grey, after the label. */
  detail?: string;
  /** Further words that find it. */
  words?: string;
  keys?: readonly string[];
  run: () => void;
  /** Tab: the same beside what is set already, and the palette stays. */
  add?: () => void;
}
