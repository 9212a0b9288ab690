import type { DatasetName } from '../../../../shared/domain/dimensions.ts';
import { servicesOf } from '../services.ts';
import type { SourceServices } from '../source-kinds.ts';
import type { FoundTable, SourceReader } from '../source-reader.ts';
import type { SourceInput } from '../sources.ts';
import { openUnsaved } from './open-unsaved.ts';
import { type ProposedMap, isFreeText, proposeMap } from './propose-map.ts';
import { type SampledRow, sampleRows } from './sample-rows.ts';
import { type Cell, objectOf, shownValue } from './shown-cells.ts';

const SAMPLED_ROWS = 20;
const EXAMPLES = 3;
const CONTAINER = 'properties';

export interface FoundField {
  name: string;
  /** As the database writes it, or what its values look like. */
  type: string;
  /** Of what was found in it, scrubbed; none of free text, which is not fetched. */
  examples: Cell[];
}

export interface Discovery extends ProposedMap {
  fields: FoundField[];
}

interface Request {
  dataDir: string;
  nowMs: number;
  signal: AbortSignal;
  services?: Partial<SourceServices>;
}

/** Tables and views that a source of a database could be; empty for kinds that have none. */
export async function discoverTables(input: SourceInput, request: Request): Promise<FoundTable[]> {
  return withReader(input, request, (reader) => reader.tables?.(request.signal) ?? Promise.resolve([]));
}

/** The fields of a source that is not stored yet, and a map to begin with. */
export async function discoverFields(input: SourceInput, request: Request): Promise<Discovery> {
  return withReader(input, request, async (reader, dataset) => {
    const columns = (await reader.columns?.(request.signal)) ?? null;
    const rows =
      columns === null
        ? await someRows(reader, request.signal)
        : await withReader(unmapped(input, columns), request, (all) => someRows(all, request.signal));
    const values = valuesOf(rows);
    const typed = (columns ?? []).map(({ name, type }) => ({
      name,
      type,
      examples: examplesOf(name, values),
    }));
    const known = new Set(typed.map(({ name }) => name));
    const looked = [...values.keys()]
      .filter((name) => !known.has(name))
      .map((name) => ({ name, type: looksLike(values.get(name)?.[0]), examples: examplesOf(name, values) }));
    const fields = [...typed, ...looked];
    return {
      fields,
      ...proposeMap(
        dataset,
        fields.map(({ name }) => name),
      ),
    };
  });
}

const someRows = (reader: SourceReader, signal: AbortSignal): Promise<SampledRow[]> =>
  sampleRows(reader, { rows: SAMPLED_ROWS, wants: (path) => !isFreeText(path.join('.')) }, signal);

/** A table whose map is not known yet, with everything in it but free text. */
function unmapped(input: SourceInput, columns: readonly { name: string }[]): SourceInput {
  const anyColumn = columns.find(({ name }) => !isFreeText(name))?.name ?? '';
  const map = { columns: { event_id: anyColumn }, constants: { event_type: 'unknown', ts: 0 } };
  return { ...input, dataset: 'events', map, allow: null, filters: [], cursor: null } as SourceInput;
}

async function withReader<T>(
  input: SourceInput,
  { dataDir, nowMs, services }: Request,
  work: (reader: SourceReader, dataset: DatasetName) => Promise<T>,
): Promise<T> {
  const { source, reader } = await openUnsaved(
    input,
    servicesOf(dataDir, () => nowMs, services),
  );
  try {
    return await work(reader, source.dataset);
  } finally {
    reader.close();
  }
}

/** By the names that fields have once the container of properties is opened. */
function valuesOf(rows: readonly SampledRow[]): Map<string, unknown[]> {
  const values = new Map<string, unknown[]>();
  const put = (name: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  };
  for (const one of rows) {
    if (!('row' in one)) continue;
    for (const [name, value] of Object.entries(one.row)) {
      if (name === CONTAINER) for (const [inner, item] of Object.entries(objectOf(value))) put(inner, item);
      else put(name, value);
    }
  }
  return values;
}

function examplesOf(name: string, values: ReadonlyMap<string, readonly unknown[]>): Cell[] {
  if (isFreeText(name)) return [];
  const shown = (values.get(name) ?? [])
    .map((value) => shownValue(name, value))
    .filter((cell) => cell !== null);
  return [...new Set(shown)].slice(0, EXAMPLES);
}

const looksLike = (value: unknown): string =>
  Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value;
