import type { Anchor } from '../../shared/annotations/anchor.ts';

/** What a note can be pinned to, as the chart or table that draws it says. */
export interface NoteMark {
  anchor: Anchor;
  /** What it is called on screen. */
  label: string;
  /** The number it shows; null: none. */
  value: number | null;
  interval: [number, number] | null;
  n: number | null;
}

interface Rate {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** The attribute by which a row or a cell can be annotated and carries its pins. */
export const noteMark = (mark: NoteMark): { 'data-note': string } => ({ 'data-note': JSON.stringify(mark) });

/** The same for a rate with its interval. */
export const rateMark = (
  anchor: Anchor,
  label: string,
  { value, low, high }: Rate,
  n: number,
): { 'data-note': string } =>
  noteMark({ anchor, label, value, interval: low === null || high === null ? null : [low, high], n });

/** The mark of an element that `noteMark` was spread on. */
export function markOf(element: Element): NoteMark | null {
  const text = element.getAttribute('data-note');
  return text === null ? null : (JSON.parse(text) as NoteMark);
}

/** Equal for two anchors of one place. */
export function anchorKey(anchor: Anchor): string {
  switch (anchor.kind) {
    case 'view':
      return 'view';
    case 'instant':
      return `instant:${anchor.at}`;
    case 'range':
      return `range:${anchor.from}:${anchor.to}`;
    case 'funnel_step':
      return `funnel_step:${anchor.step}`;
    case 'retention_row':
      return `retention_row:${anchor.cohort}`;
    case 'retention_cell':
      return `retention_cell:${anchor.cohort}:${anchor.period}`;
    case 'practice':
    case 'master':
      return `${anchor.kind}:${anchor.id}`;
    case 'series':
      return `series:${JSON.stringify(anchor.value)}`;
  }
}
