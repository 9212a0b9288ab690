import type { RenderFunction } from '@observablehq/plot';
import { svgElement } from './svg.ts';

export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Data to pixels. */
  x: (value: number) => number;
  y: (value: number) => number;
  make: (
    name: string,
    attributes: Record<string, string | number>,
    ...children: (Node | string)[]
  ) => SVGElement;
}

/** A mark drawn by hand in pixels, for what Plot has no mark for: end labels, patterns, arrow ends. */
export function pixelMark(draw: (frame: Frame) => Node[]): RenderFunction {
  return (_index, scales, _values, dimensions, { document }) => {
    const { width, height, marginLeft, marginRight, marginTop, marginBottom } = dimensions;
    const make: Frame['make'] = (name, attributes, ...children) =>
      svgElement(document, name, attributes, ...children);
    const nodes = draw({
      left: marginLeft,
      right: width - marginRight,
      top: marginTop,
      bottom: height - marginBottom,
      x: (value) => Number(scales.x?.(value)),
      y: (value) => Number(scales.y?.(value)),
      make,
    });
    return make('g', { 'aria-hidden': 'true', 'text-anchor': 'start' }, ...nodes);
  };
}
