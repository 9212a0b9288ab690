import { svgElement } from '../../charts/svg.ts';

/**
 * Paints laid-out HTML as SVG: boxes, edges, text and charts, each where the browser put it. It knows what tiles use
 * (backgrounds, borders, outlines, hatching, text, nested SVG), not all of CSS.
 */
export function paintElement(element: Element, origin: DOMRect): SVGElement[] {
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return [];
  if (element instanceof SVGSVGElement) return [paintSvg(element, origin)];
  const own = [...paintBox(element, style, origin)];
  const inner = [...element.childNodes].flatMap((child) => {
    if (child instanceof Element) return paintElement(child, origin);
    return child instanceof Text ? paintText(child, style, origin) : [];
  });
  return [...own, ...inner];
}

const make = (name: string, attributes: Record<string, string | number>, ...children: (Node | string)[]) =>
  svgElement(document, name, attributes, ...children);

const round = (value: number): number => Math.round(value * 100) / 100;

function paintBox(element: Element, style: CSSStyleDeclaration, origin: DOMRect): SVGElement[] {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) return [];
  const place = {
    x: round(box.left - origin.left),
    y: round(box.top - origin.top),
    width: round(box.width),
    height: round(box.height),
  };
  const rx = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
  const shapes: SVGElement[] = rings(place, rx, style.boxShadow);
  if (isSeen(style.backgroundColor)) shapes.push(make('rect', { ...place, rx, fill: style.backgroundColor }));
  if (style.backgroundImage.includes('gradient')) shapes.push(...hatch(place, style));
  shapes.push(...paintBorders(place, style, rx));
  if (style.outlineStyle !== 'none' && isSeen(style.outlineColor) && !element.matches(':focus-visible'))
    shapes.push(
      edge(place, rx, style.outlineColor, Number.parseFloat(style.outlineWidth), style.outlineStyle),
    );
  return shapes;
}

/** Shadows without blur are rings around a box; the first lies on top. */
const rings = ({ x, y, width, height }: Place, rx: number, shadows: string): SVGElement[] =>
  [...shadows.matchAll(RING)]
    .map(({ groups }) => ({ colour: groups?.['colour'] ?? 'none', by: Number(groups?.['by']) }))
    .reverse()
    .map(({ colour, by }) =>
      make('rect', {
        x: x - by,
        y: y - by,
        width: width + 2 * by,
        height: height + 2 * by,
        rx: rx + by,
        fill: colour,
      }),
    );

const RING = /(?<colour>\w+\([^)]*\)) 0px 0px 0px (?<by>[\d.]+)px(?! inset)/g;

const isSeen = (colour: string): boolean => colour !== 'transparent' && !/[,/]\s*0\)$/.test(colour);

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function paintBorders(place: Place, style: CSSStyleDeclaration, rx: number): SVGElement[] {
  const sides = (['Top', 'Right', 'Bottom', 'Left'] as const).map((side) => ({
    side,
    width: Number.parseFloat(style[`border${side}Width`]),
    line: style[`border${side}Style`],
    colour: style[`border${side}Color`],
  }));
  const drawn = sides.filter(({ width, line, colour }) => width > 0 && line !== 'none' && isSeen(colour));
  const [first] = drawn;
  if (first === undefined) return [];
  if (drawn.length === 4 && drawn.every(({ colour }) => colour === first.colour))
    return [edge(place, rx, first.colour, first.width, first.line)];
  const { x, y, width, height } = place;
  const ends = {
    Top: { x1: x, y1: y, x2: x + width, y2: y },
    Right: { x1: x + width, y1: y, x2: x + width, y2: y + height },
    Bottom: { x1: x, y1: y + height, x2: x + width, y2: y + height },
    Left: { x1: x, y1: y, x2: x, y2: y + height },
  };
  return drawn.map(({ side, width: stroke, line, colour }) =>
    make('line', { ...ends[side], stroke: colour, 'stroke-width': stroke, ...dashes(line, stroke) }),
  );
}

const edge = (
  { x, y, width, height }: Place,
  rx: number,
  stroke: string,
  by: number,
  line: string,
): SVGElement =>
  make('rect', {
    x: x + by / 2,
    y: y + by / 2,
    width: Math.max(0, width - by),
    height: Math.max(0, height - by),
    rx,
    fill: 'none',
    stroke,
    'stroke-width': by,
    ...dashes(line, by),
  });

function dashes(line: string, width: number): Record<string, string> {
  if (line === 'dashed') return { 'stroke-dasharray': `${width * 3} ${width * 2}` };
  return line === 'dotted' ? { 'stroke-dasharray': `${width} ${width}` } : {};
}

const HATCH_GAP_PX = 5;

/** Striped backgrounds say "partial" or "lost": slanted lines across the box. */
function hatch({ x, y, width, height }: Place, { color }: CSSStyleDeclaration): SVGElement[] {
  const lines: SVGElement[] = [];
  for (let offset = HATCH_GAP_PX; offset < width + height; offset += HATCH_GAP_PX) {
    const from = Math.min(offset, width);
    const to = Math.max(0, offset - height);
    lines.push(
      make('line', {
        x1: round(x + from),
        y1: round(y + offset - from),
        x2: round(x + to),
        y2: round(y + offset - to),
        stroke: color,
        'stroke-width': 0.75,
        'stroke-opacity': 0.35,
      }),
    );
  }
  return lines;
}

const canvas = document.createElement('canvas').getContext('2d');

function paintText(node: Text, style: CSSStyleDeclaration, origin: DOMRect): SVGElement[] {
  if (node.data.trim() === '' || canvas === null) return [];
  canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: ascent } = canvas.measureText('x');
  return linesOf(node).map(({ text, box }) =>
    make(
      'text',
      {
        x: round((style.direction === 'rtl' ? box.right : box.left) - origin.left),
        y: round(box.top - origin.top + ascent),
        fill: style.color,
        direction: style.direction,
        ...fontOf(style),
      },
      clipped(text, node.parentElement),
    ),
  );
}

const fontOf = (style: CSSStyleDeclaration): Record<string, string> => ({
  'font-family': style.fontFamily,
  'font-size': style.fontSize,
  'font-weight': style.fontWeight,
  ...(style.letterSpacing === 'normal' ? {} : { 'letter-spacing': style.letterSpacing }),
  'xml:space': 'preserve',
});

/** The text as the browser broke it into lines. */
function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  range.selectNodeContents(node);
  if (range.getClientRects().length < 2)
    return [{ text: node.data.replaceAll(/\s+/g, ' ').trim(), box: range.getBoundingClientRect() }];
  const lines: { text: string; box: DOMRect }[] = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.box.top - box.top) < 2) last.text += ` ${word}`;
    else lines.push({ text: word, box });
  }
  return lines;
}

/** What does not fit ends in dots, as on screen. */
function clipped(text: string, element: HTMLElement | null): string {
  if (element === null || canvas === null || element.scrollWidth <= element.clientWidth) return text;
  if (getComputedStyle(element).textOverflow !== 'ellipsis') return text;
  let shown = text;
  while (shown.length > 1 && canvas.measureText(`${shown}…`).width > element.clientWidth)
    shown = shown.slice(0, -1);
  return `${shown.trimEnd()}…`;
}

const PAINTED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-linecap',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'visibility',
] as const;

/** A chart with its colours and fonts written out, because a file has no style sheet. */
function paintSvg(svg: SVGSVGElement, origin: DOMRect): SVGElement {
  const box = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement; // a clone is of the kind that was cloned
  const painted = [...svg.querySelectorAll('*')];
  [...copy.querySelectorAll('*')].forEach((element, index) => {
    const from = painted[index];
    if (from === undefined || element.tagName === 'style') return;
    const style = getComputedStyle(from);
    for (const name of PAINTED) {
      const value = style.getPropertyValue(name);
      if (value !== '') element.setAttribute(name, value);
    }
    element.removeAttribute('class');
    element.removeAttribute('style');
  });
  for (const style of copy.querySelectorAll('style')) style.remove();
  copy.removeAttribute('class');
  copy.removeAttribute('style');
  const own = getComputedStyle(svg);
  for (const name of PAINTED) copy.setAttribute(name, own.getPropertyValue(name));
  for (const [name, value] of Object.entries({
    x: round(box.left - origin.left),
    y: round(box.top - origin.top),
    width: round(box.width),
    height: round(box.height),
    overflow: 'visible',
  }))
    copy.setAttribute(name, String(value));
  return copy;
}
