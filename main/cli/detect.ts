import { AppError } from '../../shared/errors.ts';
import { createGeneralDetector } from '../engine/detect/general.ts';
import { disorderOf, indicesInTimeOrder } from '../engine/detect/in-time-order.ts';
import { createJudged, type Judged, writeJudgement } from '../engine/detect/types.ts';
import { createQueryEngine } from '../query/create-query-engine.ts';
import { readJson } from './read-json.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { csvParts, jsonParts, replaceFile, summaryText } from './detect-output.ts';
import { judgeTrend, singleTrend } from './detect-trend.ts';
import type { JudgedSeries } from './judged-series.ts';
import { createProgress, type ProgressLine } from './progress.ts';
import { readSeriesCsv, type SeriesFile } from './series-csv.ts';

const OPTIONS = { out: { type: 'string' } } as const;
const MEMORY_BUDGET_BYTES = 512 << 20; // as `query`: one question
const ROWS_PER_STEP = 10_000; // between two looks at whether to stop

export const detect: Command = {
  name: 'detect',
  summary: 'Scores every row of a series by how unusual it is beside the rows before it.',
  usage: `tidemark detect FILE.csv|SPEC.json [--out FILE.csv] [--data-dir DIR] [--json]

  FILE.csv         columns timestamp,value, in any order and beside others; a time without zone is UTC
  SPEC.json        a trend question with one series, asked of the workspace
  --out FILE.csv   the same rows with score, expected_low, expected_high, anomaly; without it they are printed
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  const [source, ...others] = positionals;
  if (source === undefined) throw new BadUsage('detect needs a FILE.csv or a SPEC.json');
  if (others.length > 0) throw new BadUsage(`detect takes one file; "${others[0] ?? ''}" is one too many`);
  if (values.out === '') throw new BadUsage('--out needs a file');
  const progress = createProgress(io.stderr, () => performance.now());
  try {
    const series = source.toLowerCase().endsWith('.json')
      ? await detectQuestion(source, dataDir, io)
      : await detectFile(source, io, progress);
    progress.end();
    for (const note of series.notes) io.stderr.write(`${note}\n`);
    if (values.out !== undefined) replaceFile(values.out, csvParts(series));
    write(io, series, { json, out: values.out });
    return 0;
  } finally {
    progress.end();
  }
}

function write(
  io: CommandIo,
  series: JudgedSeries,
  { json, out }: { json: boolean; out: string | undefined },
): void {
  if (!json && out !== undefined) io.stdout.write(summaryText(series, out));
  else for (const part of json ? jsonParts(series) : csvParts(series)) io.stdout.write(part);
}

async function detectFile(source: string, io: CommandIo, progress: ProgressLine): Promise<JudgedSeries> {
  const file = await readSeriesCsv(source);
  const order = indicesInTimeOrder(file.tsMs);
  const judged = judgeInOrder(file, order, (done) => {
    if (io.signal.aborted) throw new AppError('cancelled', `stopped after ${done} of ${order.length} rows`);
    progress.show(`${done} of ${order.length} rows`, done, order.length);
  });
  return { file, judged, notes: notesOn(file, order) };
}

function judgeInOrder(
  { tsMs, values }: SeriesFile,
  order: Uint32Array,
  onStep: (done: number) => void,
): Judged {
  const detector = createGeneralDetector();
  const judged = createJudged(order.length);
  for (const [done, row] of order.entries()) {
    if (done % ROWS_PER_STEP === 0) onStep(done);
    writeJudgement(judged, row, detector.judge(tsMs[row] as number, values[row] as number));
  }
  return judged;
}

function notesOn({ tsMs, values }: SeriesFile, order: Uint32Array): string[] {
  const { unsorted, repeated } = disorderOf(tsMs, order);
  const missing = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  return [
    ...(unsorted > 0
      ? [
          `${rows(unsorted)} earlier than the row before; judged in order of time, written in order of the file.`,
        ]
      : []),
    ...(repeated > 0 ? [`${rows(repeated)} at the time of another row; each was judged.`] : []),
    ...(missing > 0 ? [`${rows(missing)} without a value; not judged, score 0.`] : []),
  ];
}

const rows = (count: number): string => (count === 1 ? '1 row is' : `${count.toLocaleString('en')} rows are`);

async function detectQuestion(source: string, dataDir: string, io: CommandIo): Promise<JudgedSeries> {
  const spec = singleTrend(readJson(source));
  const engine = createQueryEngine({ dataDir, memoryBudgetBytes: MEMORY_BUDGET_BYTES });
  try {
    return judgeTrend(spec, await engine.run(spec, { signal: io.signal }));
  } finally {
    engine.close();
  }
}
