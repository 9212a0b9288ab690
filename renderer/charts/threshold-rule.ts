import { HALO } from './halo.ts';
import type { Frame } from './pixel-mark.ts';

/** A rule's dashed line with its words, on the side where values break it. */
export function thresholdRule(
  { left, right, y, make }: Frame,
  { value, text, isTextBelow }: { value: number; text: string; isTextBelow: boolean },
): Node[] {
  const at = y(value);
  return [
    make('line', {
      x1: left,
      x2: right,
      y1: at,
      y2: at,
      stroke: 'var(--threshold)',
      'stroke-width': 1.25,
      'stroke-dasharray': '5 3',
    }),
    make('text', { x: left + 4, y: isTextBelow ? at + 13 : at - 5, fill: 'var(--threshold)', ...HALO }, text),
  ];
}
