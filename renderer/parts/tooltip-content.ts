export interface TooltipRow {
  label: string;
  value: string;
  /** Grey text after the value. */
  detail?: string;
  /** Colour slot of a reaction state. */
  slot?: number;
  isStrong?: boolean;
}

export interface TooltipContent {
  title: string;
  rows: TooltipRow[];
  note?: string;
}

/** The same for a screen reader. */
export function tooltipInWords({ title, rows, note }: TooltipContent): string {
  const lines = rows.map(({ label, value, detail }) => [label, value, detail].filter(Boolean).join(' '));
  return [title, ...lines, ...(note === undefined ? [] : [note])].join(', ');
}
