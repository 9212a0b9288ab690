import { useExportChoice } from '../../notes/export-choice.ts';
import { svgElement } from '../../charts/svg.ts';
import type { TileFacts } from '../../state/tile-store.ts';
import { embeddedFonts } from './embedded-fonts.ts';
import { drawFootnotes } from './draw-footnotes.ts';
import { FONT, LIGHT, MONO } from './light-theme.ts';
import { paintElement } from './paint-element.ts';
import { tableLines } from './table-lines.ts';
import type { TileExport } from './tile-export.ts';
import { wrapText } from './wrap-text.ts';

const PAD_PX = 20;
const LINE_PX = 16;
const TITLE_PX = 24;
const make = (name: string, attributes: Record<string, string | number>, ...children: (Node | string)[]) =>
  svgElement(document, name, attributes, ...children);

/** A tile as a picture that stands alone: finding above, what it is of below, always in the light theme. Where a group is
 *  too small to leave, the masked rows stand in place of the chart: a mark of it would give the number away. */
export function drawTile(tile: TileFacts, exported: TileExport): SVGElement {
  const isMasked = exported.masking.masked > 0;
  const body = isMasked ? drawRows(exported) : drawFigure(tile.element);
  const width = Math.max(body.width, 640) + 2 * PAD_PX;
  const head = wrapText(exported.finding, width - 2 * PAD_PX, 9.8);
  const foot = wrapText(exported.remarks.join(' · '), width - 2 * PAD_PX, 5.9);
  const bodyTop = PAD_PX + head.length * TITLE_PX + 8;
  const notes = drawFootnotes(exported.masking.footnotes, width - 2 * PAD_PX);
  const notesTop = bodyTop + body.height + 20;
  const footTop = notesTop + notes.height;
  const height = footTop + foot.length * LINE_PX + PAD_PX;
  const text = (line: string, x: number, y: number, attributes: Record<string, string | number>) =>
    make('text', { x, y, fill: LIGHT.ink, 'font-family': FONT, ...attributes }, line);
  return make(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' },
    make('title', {}, exported.title),
    make('desc', {}, tile.summary),
    make('rect', { x: 0, y: 0, width, height, fill: LIGHT.sheet }),
    ...head.map((line, index) =>
      text(line, PAD_PX, PAD_PX + 18 + index * TITLE_PX, { 'font-size': 18, 'font-weight': 600 }),
    ),
    make('g', { transform: `translate(${PAD_PX} ${bodyTop})` }, ...body.nodes),
    make('g', { transform: `translate(${PAD_PX} ${notesTop})` }, ...notes.nodes),
    make('line', {
      x1: PAD_PX,
      x2: width - PAD_PX,
      y1: footTop - 8,
      y2: footTop - 8,
      stroke: LIGHT.line,
    }),
    ...foot.map((line, index) =>
      text(line, PAD_PX, footTop + 12 + index * LINE_PX, { 'font-size': 11, fill: LIGHT.quiet }),
    ),
  );
}

interface Body {
  nodes: Node[];
  width: number;
  height: number;
}

const LEFT_OUT =
  '.pin-ghost, .note-selection, .tile-tools, .tooltip, .chart-overlay, .visually-hidden, .tile-fetching, button .icon';

const NOTE_PARTS = '.pin, .note-lines, .note-title';

/** A copy of the figure, laid out at the same size in the light theme, out of sight. */
function drawFigure(element: HTMLElement): Body {
  const { width, height } = element.getBoundingClientRect();
  const stage = document.createElement('div');
  stage.className = 'export-stage';
  stage.dataset['theme'] = 'light';
  const copy = element.cloneNode(true) as HTMLElement; // a clone is of the kind that was cloned
  copy.style.width = `${width}px`;
  copy.style.height = `${height}px`;
  copy.style.border = '0';
  const leftOut = useExportChoice.getState().hasNotes ? LEFT_OUT : `${LEFT_OUT}, ${NOTE_PARTS}`;
  for (const part of copy.querySelectorAll(leftOut)) part.remove();
  for (const pin of copy.querySelectorAll('.pin[data-chosen]')) pin.removeAttribute('data-chosen');
  stage.append(copy);
  document.body.append(stage);
  try {
    return { nodes: paintElement(copy, copy.getBoundingClientRect()), width, height };
  } finally {
    stage.remove();
  }
}

const MOST_ROWS = 80; // a picture is looked at; all rows leave as CSV

function drawRows({ title, masking }: TileExport): Body {
  const lines = tableLines(masking.tables, MOST_ROWS);
  const nodes = [title, ...lines].map((line, index) =>
    make(
      'text',
      {
        x: 0,
        y: 14 + index * LINE_PX,
        fill: LIGHT.ink,
        'font-family': index === 0 ? FONT : MONO,
        'font-size': index === 0 ? 13 : 11,
        ...(index === 0 ? { 'font-weight': 600 } : {}),
        'xml:space': 'preserve',
      },
      line,
    ),
  );
  const longest = Math.max(...lines.map((line) => line.length), 0);
  return { nodes, width: longest * 6.7, height: (lines.length + 1) * LINE_PX };
}

/** The fonts go along: a file has no other way to them. */
export async function toSvgText(svg: SVGElement): Promise<string> {
  const copy = svg.cloneNode(true) as SVGElement; // a clone is of the kind that was cloned
  const families = copy.outerHTML.includes('JetBrains Mono') ? ['Inter', 'JetBrains Mono'] : ['Inter'];
  copy.prepend(make('style', {}, await embeddedFonts(families)));
  return new XMLSerializer().serializeToString(copy);
}

const SCALE = 2; // DESIGN, Report page: PNG 2x

export async function toPng(svg: SVGElement): Promise<Blob> {
  const image = new Image();
  const address = URL.createObjectURL(new Blob([await toSvgText(svg)], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('the picture could not be drawn'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
