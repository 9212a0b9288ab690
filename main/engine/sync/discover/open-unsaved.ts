import { SOURCE_KINDS, type SourceServices } from '../source-kinds.ts';
import type { ReadableSource } from '../source-kinds.ts';
import type { SourceReader } from '../source-reader.ts';
import type { SourceInput } from '../sources.ts';

/** A reader of a source that is not stored; whoever asks for it closes it. */
export async function openUnsaved(
  { kind = 'folder', ...input }: SourceInput,
  services: SourceServices,
): Promise<{ source: ReadableSource; reader: SourceReader }> {
  const { prepared, read } = SOURCE_KINDS[kind];
  const source = read(prepared(input, services.dataDir));
  return { source, reader: await source.openReader(services) };
}
