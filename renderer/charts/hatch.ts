import type { Frame } from './pixel-mark.ts';

/** Diagonal stripes as a pattern, not opacity, so that they survive forced colours and print. */
export function hatchPattern(
  { make }: Frame,
  id: string,
  stroke: string,
  options: { gap: number; width: number },
): Node {
  const { gap, width } = options;
  return make(
    'pattern',
    { id, width: gap, height: gap, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    make('line', { x1: 0, y1: 0, x2: 0, y2: gap, stroke, 'stroke-width': width }),
  );
}
