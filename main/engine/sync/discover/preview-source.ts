import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createWorkspace } from '../../store/create-workspace.ts';
import { type EngineStore, openStore } from '../../store/engine-store.ts';
import type { QuarantinedRow } from '../../store/pending.ts';
import { createDimensionReader } from '../dimension-reader.ts';
import { createEventReader } from '../event-reader.ts';
import { createFieldPlan } from '../field-plan.ts';
import { QUARANTINE_REASONS, type QuarantineReason } from '../quarantine-reasons.ts';
import type { RowReader } from '../row-reader.ts';
import { servicesOf } from '../services.ts';
import type { ReadableSource, SourceServices } from '../source-kinds.ts';
import type { SourceInput } from '../sources.ts';
import { openUnsaved } from './open-unsaved.ts';
import { type SampledRow, noObject, sampleRows } from './sample-rows.ts';
import { type Cell, shownCells } from './shown-cells.ts';

export const PREVIEW_ROWS = 20;

export interface PreviewRow {
  /** Column or property → value, scrubbed. */
  cells: Record<string, Cell>;
  /** Why the row would go to quarantine, and which cell is at fault; null: it would be kept. */
  problem: { field: string | null; reason: string } | null;
}

export interface Preview {
  /** Every column and property that occurs, in order of appearance. */
  fields: string[];
  rows: PreviewRow[];
}

interface Request {
  dataDir: string;
  nowMs: number;
  signal: AbortSignal;
  services?: Partial<SourceServices>;
}

/**
 * What a source that is not stored yet would bring, judged by the very rules of a sync but for the taxonomy of its
 * workspace; nothing is written.
 */
export async function previewSource(input: SourceInput, request: Request): Promise<Preview> {
  const { dataDir, nowMs, signal, services } = request;
  const { source, reader } = await openUnsaved(
    input,
    servicesOf(dataDir, () => nowMs, services),
  );
  try {
    return await withScratch(nowMs, async (store) => {
      const judge = rowReader(store, source);
      const sampled = await sampleRows(reader, { rows: PREVIEW_ROWS, wants: judge.wants }, signal);
      const plan = createFieldPlan(source.rules);
      const rows = sampled.map((one, index) => ({
        cells: 'row' in one ? shownCells(one.row, plan) : {},
        problem: worded(problemOf(store, judge, one, index + 1)),
      }));
      return { fields: [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))], rows };
    });
  } finally {
    reader.close();
  }
}

const rowReader = (store: EngineStore, source: ReadableSource): RowReader => {
  const stored = { ...source, sourceId: 0 };
  return source.dataset === 'events'
    ? createEventReader(store, stored)
    : createDimensionReader(store, stored);
};

type Refused = Pick<QuarantinedRow, 'reason' | 'field'>;

function problemOf(store: EngineStore, judge: RowReader, one: SampledRow, position: number): Refused | null {
  if ('unreadable' in one) return { reason: one.unreadable, field: null };
  const { quarantine } = store.facts;
  const before = quarantine.length;
  judge.row(one.row, noObject(), position);
  return quarantine[before] ?? null;
}

const worded = (refused: Refused | null): PreviewRow['problem'] =>
  refused === null
    ? null
    : { field: refused.field, reason: QUARANTINE_REASONS[refused.reason as QuarantineReason] };

/** An empty workspace for the length of a preview: rows are judged in its memory and never committed. */
async function withScratch<T>(nowMs: number, work: (store: EngineStore) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-preview-'));
  try {
    createWorkspace(folder, { name: 'Preview', zone: 'UTC', now: () => nowMs });
    const store = openStore(folder, { now: () => nowMs });
    try {
      return await work(store);
    } finally {
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
