import { createHash } from 'node:crypto';
import * as Plot from '@observablehq/plot';
import { RecordingDocument } from './recording-document.ts';

/** The CSP sources of every fixed `<style>` text that the installed Plot writes: plot, ramp, swatches, swatches
 *  in columns. They are read off Plot itself, so an upgrade that changes a text changes the hash. A chart that sets
 *  its own `className` writes another text and is blocked. */
export function computePlotStyleHashes(): string[] {
  const texts = new Set(PLOT_WRITERS.flatMap(styleTextsOf));
  return [...texts].map(cspHash);
}

type Draw = (document: never) => void;

const PLOT_WRITERS: readonly Draw[] = [
  (document) => void Plot.plot({ document, marks: [] }),
  (document) => drawLegend({ document, legend: 'ramp' }),
  (document) => drawLegend({ document, legend: 'swatches' }),
  (document) => drawLegend({ document, legend: 'swatches', columns: '2' }),
];

/** `document` works in a legend as it does in a plot; its types leave it out. */
function drawLegend(options: Plot.LegendOptions & { document: never }): void {
  Plot.legend({ ...options, color: { type: 'ordinal', domain: ['a', 'b'], range: ['red', 'blue'] } });
}

function styleTextsOf(draw: Draw): string[] {
  const document = new RecordingDocument();
  draw(document as never); // stands in for a DOM, whose types this layer does not have
  const texts = document.textsOf('style');
  if (texts.length === 0) throw new Error('Plot wrote no <style>: read its new sources before going on');
  return texts;
}

const cspHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
