import type { FreshnessReport, FreshSource } from '../../../shared/rpc/contract/freshness.ts';
import type { SyncStep } from '../../../shared/rpc/contract/jobs.ts';
import { formatBytes, formatQuantity } from '../../../shared/format/numbers.ts';
import type { MarkedTile } from './marked-tiles.ts';

export interface Finding {
  lead: string;
  rest: string;
}

const NUMBERS = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
] as const;

const inWords = (count: number): string => NUMBERS[count] ?? String(count);

/** The sentence that the page opens with. */
export function freshnessFinding(report: FreshnessReport, tiles: readonly MarkedTile[]): Finding {
  const { sources } = report;
  const late = sources.filter(({ status }) => status === 'late').length;
  const failing = sources.filter(({ lastFailure }) => lastFailure !== null).length;
  const marks =
    tiles.length === 0
      ? ' No tile is marked.'
      : ` ${inWords(tiles.length)} ${are(tiles.length, 'tile')} marked.`;
  if (sources.length === 0) return { lead: 'No source is read yet.', rest: ' Add one to bring events home.' };
  if (late === 0 && failing > 0)
    return {
      lead: `${inWords(failing)} of ${inWords(sources.length).toLowerCase()} sources cannot be read.`,
      rest: marks,
    };
  if (late === 0)
    return { lead: `All ${inWords(sources.length).toLowerCase()} sources are on time.`, rest: marks };
  const of = `${inWords(late)} of ${inWords(sources.length).toLowerCase()} sources`;
  return {
    lead: `${of} ${late === 1 ? 'is' : 'are'} past ${late === 1 ? 'its' : 'their'} target.`,
    rest: marks,
  };
}

const are = (count: number, noun: string): string => (count === 1 ? `${noun} is` : `${noun}s are`);

export const KIND_WORDS: Readonly<Record<string, string>> = {
  folder: 'Folder',
  s3: 'S3',
  clickhouse: 'ClickHouse',
  postgres: 'PostgreSQL',
  import: 'Imported',
};

export const STATUS_WORDS: Record<FreshSource['status'], string> = {
  'on-time': 'On time',
  late: 'Late',
  unreachable: 'Unreachable',
  differs: 'Differs',
  unread: 'Not read yet',
};

export const STEP_WORDS: Record<SyncStep['step'], string> = {
  list: 'List objects',
  stream: 'Read and unpack',
  scan: 'Decode rows',
  scrub: 'Scrub personal values',
  validate: 'Set aside bad rows',
  dictionaries: 'Code new values',
  dedupe: 'Drop what is known',
  segments: 'Write segments',
  commit: 'Commit',
};

/** What a step counted, with its noun. */
export function stepCount({ step, count }: SyncStep): string {
  switch (step) {
    case 'list':
      return formatQuantity(count, 'object');
    case 'stream':
      return formatBytes(count);
    case 'scan':
    case 'validate':
      return formatQuantity(count, 'row');
    case 'scrub':
    case 'dictionaries':
      return formatQuantity(count, 'value');
    case 'dedupe':
      return formatQuantity(count, 'duplicate');
    case 'segments':
      return formatQuantity(count, 'file');
    case 'commit':
      return formatQuantity(count, 'commit');
  }
}
