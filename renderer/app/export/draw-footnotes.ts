import { svgElement } from '../../charts/svg.ts';
import type { Footnote } from '../../../shared/export/notes.ts';
import { FONT, LIGHT } from './light-theme.ts';
import { wrapText } from './wrap-text.ts';

const COLUMN_PX = 280; // three beside each other below a wide tile, as on a page of a report
const GAP_PX = 24;
const PIN_PX = 26; // from the edge of a column to its text
const LINE_PX = 16;
const BODY_LETTER_PX = 6.2;
const TITLE_LETTER_PX = 6.8;
const FACTS_LETTER_PX = 5.8;
const MOST_LINES = 8; // of one text: what is longer is read in the panel or in the CSV

export interface Drawn {
  nodes: Node[];
  height: number;
}

/** Notes by the number of their pins, in columns. */
export function drawFootnotes(footnotes: readonly Footnote[], widthPx: number): Drawn {
  const columns = Math.max(1, Math.floor((widthPx + GAP_PX) / (COLUMN_PX + GAP_PX)));
  const columnPx = (widthPx - (columns - 1) * GAP_PX) / columns;
  const nodes: Node[] = [];
  let top = 0;
  for (let at = 0; at < footnotes.length; at += columns) {
    const row = footnotes.slice(at, at + columns).map((each) => drawOne(each, columnPx - PIN_PX));
    row.forEach((drawn, column) =>
      nodes.push(
        make('g', { transform: `translate(${column * (columnPx + GAP_PX)} ${top})` }, ...drawn.nodes),
      ),
    );
    top += Math.max(...row.map(({ height }) => height)) + LINE_PX / 2;
  }
  return { nodes, height: top };
}

function drawOne({ number, title, body, facts, isMasked }: Footnote, widthPx: number): Drawn {
  const strong = { 'font-size': 12, 'font-weight': 600, fill: isMasked ? LIGHT.quiet : LIGHT.ink };
  const lines = [
    ...cut(wrapText(title, widthPx, TITLE_LETTER_PX)).map((text) => ({ text, look: strong })),
    ...cut(wrapText(body, widthPx, BODY_LETTER_PX)).map((text) => ({
      text,
      look: { 'font-size': 12, fill: LIGHT.ink },
    })),
    ...wrapText(facts, widthPx, FACTS_LETTER_PX).map((text) => ({
      text,
      look: { 'font-size': 11, fill: LIGHT.quiet },
    })),
  ];
  return {
    nodes: [
      ...pin(number),
      ...lines.map(({ text, look }, index) =>
        make('text', { x: PIN_PX, y: 12 + index * LINE_PX, 'font-family': FONT, ...look }, text),
      ),
    ],
    height: lines.length * LINE_PX + 4,
  };
}

function pin(number: number): Node[] {
  const text = String(number);
  const width = Math.max(16, 9 + 6 * text.length);
  const look = { 'font-family': FONT, 'font-size': 10, 'font-weight': 600, fill: LIGHT.sheet };
  return [
    make('rect', { x: 0, y: 0, width, height: 16, rx: 8, fill: LIGHT.annotation }),
    make('text', { x: width / 2, y: 11.5, 'text-anchor': 'middle', ...look }, text),
  ];
}

const cut = (lines: readonly string[]): string[] =>
  lines.length <= MOST_LINES
    ? [...lines]
    : [...lines.slice(0, MOST_LINES - 1), `${lines[MOST_LINES - 1] ?? ''} …`];

const make = (name: string, attributes: Record<string, string | number>, ...children: (Node | string)[]) =>
  svgElement(document, name, attributes, ...children);
