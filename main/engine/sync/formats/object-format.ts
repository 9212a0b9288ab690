/** Kinds of objects by the end of their name; compression is a further ending. */
export type RowFormat = 'ndjson' | 'json' | 'csv' | 'parquet' | 'arrow';
export type Compression = 'none' | 'gzip' | 'zstd';

export interface ObjectFormat {
  format: RowFormat;
  compression: Compression;
}

const FORMAT_BY_ENDING: Readonly<Record<string, RowFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  csv: 'csv',
  parquet: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
};

const COMPRESSION_BY_ENDING: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd' };

export const KNOWN_ENDINGS = '.ndjson, .jsonl, .json, .csv, .parquet or .arrow, each also with .gz or .zst';

/** `.gz` alone is taken for gzipped NDJSON, as many loggers write it. Undefined: not a file of rows. */
export function objectFormatOf(name: string): ObjectFormat | undefined {
  const endings = name.toLowerCase().split('.').slice(1);
  const compression = COMPRESSION_BY_ENDING[endings.at(-1) ?? ''] ?? 'none';
  if (compression !== 'none') endings.pop();
  const ending = endings.at(-1);
  if (ending === undefined) return compression === 'none' ? undefined : { format: 'ndjson', compression };
  const format = FORMAT_BY_ENDING[ending];
  return format === undefined ? undefined : { format, compression };
}
