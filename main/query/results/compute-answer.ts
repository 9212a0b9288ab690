import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import type { ResultByKind } from '../../../shared/query/answer.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Interval, QuerySpec } from '../../../shared/query/spec.ts';
import type { Calendar } from '../../../shared/time/buckets.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { FilterCompiler, propertiesOf } from '../plan/expression.ts';
import { firstEventByUser } from '../plan/first-events.ts';
import { createPace } from '../plan/pace.ts';
import { createPeople, EVERYONE } from '../plan/people.ts';
import { type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { breakdownAxes, type Question } from '../plan/question.ts';
import type { ScanContext } from '../plan/scan.ts';
import {
  buildSessionIndex,
  derivedNote,
  type SessionIndex,
  type SessionOptions,
} from '../plan/session-index.ts';
import type { RunOptions } from '../query-engine.ts';
import { answerSessions } from './sessions.ts';
import { answerStates } from './states.ts';
import { answerTrend } from './trend.ts';

/** What a question is asked of. */
export interface QuestionSetting {
  view: EnvironmentView;
  calendar: Calendar;
  nowMs: number;
  taxonomy: Taxonomy | null;
}

/** All of an answer that depends on the stored events and the question alone, not on the clock. */
export interface Computed {
  result: ResultByKind[keyof ResultByKind];
  period: Period;
  notes: string[];
  /** Event types that were asked for; null: any. */
  types: ReadonlySet<string> | null;
  rowsRead: number;
  segmentsRead: number;
}

export async function computeAnswer(
  spec: QuerySpec,
  setting: QuestionSetting,
  { run, scratch }: { run: RunOptions; scratch: Scratch },
): Promise<Computed> {
  refuseUnfilterable(spec);
  const { view, calendar } = setting;
  const options: PeriodOptions = { calendar, interval: intervalOf(spec), span: view.span };
  const period = periodOf(spec.range, options);
  const log = createLog();
  const context: ScanContext = {
    view,
    scratch,
    people: EVERYONE,
    pace: createPace(run.signal, () => performance.now()),
    onSegment: log.onSegment,
    onDay: (done, total) => run.onProgress?.({ done, total }),
  };
  const question = await openQuestion(spec, context, calendar, log);
  const result = await answerKind(question, spec, options, setting.taxonomy);
  return {
    result,
    period,
    notes: [...log.notes],
    types: log.types(),
    rowsRead: [...log.segments.values()].reduce((sum, rows) => sum + rows, 0),
    segmentsRead: log.segments.size,
  };
}

async function openQuestion(
  spec: QuerySpec,
  context: ScanContext,
  calendar: Calendar,
  log: QuestionLog,
): Promise<Question> {
  const { view } = context;
  const firstMs = spec.cohort === null ? new Float64Array(0) : await firstEventByUser(context);
  return {
    ...context,
    spec,
    calendar,
    compiler: new FilterCompiler(),
    breakdown: breakdownAxes(spec.breakdown, view),
    people: createPeople(view, {
      userFilters: spec.userFilters,
      cohort: spec.cohort,
      firstEventMs: () => firstMs,
      note: log.note,
    }),
    note: log.note,
    reads: log.reads,
    async sessions(options) {
      const index = await sessionsOf(context, options);
      const note = derivedNote(index, options);
      if (note !== null) log.note(note);
      return index;
    },
  };
}

/** The whole store is read for it once per view; answers say so every time. */
async function sessionsOf(context: ScanContext, options: SessionOptions): Promise<SessionIndex> {
  const { view, onSegment } = context;
  view.segments.forEach(onSegment);
  const key = `sessions:${options.gapMs}:${JSON.stringify([...options.passive].sort())}`;
  const memo = view.memo<{ index?: SessionIndex }>(key, () => ({}));
  memo.index ??= await buildSessionIndex(context, options);
  return memo.index;
}

function answerKind(
  question: Question,
  spec: QuerySpec,
  options: PeriodOptions,
  taxonomy: Taxonomy | null,
): Promise<Computed['result']> {
  switch (spec.kind) {
    case 'trend':
      return answerTrend(question, spec, options);
    case 'states':
      return answerStates(question, spec, options, taxonomy);
    case 'sessions':
      return answerSessions(question, spec, options);
  }
}

const intervalOf = (spec: QuerySpec): Interval => spec.interval ?? 'day';

interface QuestionLog {
  notes: Set<string>;
  segments: Map<number, number>;
  note: (text: string) => void;
  reads: (types: readonly string[] | null) => void;
  types: () => ReadonlySet<string> | null;
  onSegment: ScanContext['onSegment'];
}

function createLog(): QuestionLog {
  const notes = new Set<string>();
  const segments = new Map<number, number>();
  const types = new Set<string>();
  let readsAny = false;
  return {
    notes,
    segments,
    note: (text) => notes.add(text),
    reads: (read) => {
      if (read === null) readsAny = true;
      else for (const type of read) types.add(type);
    },
    types: () => (readsAny ? null : types),
    onSegment: ({ segmentId, rows }) => segments.set(segmentId, rows),
  };
}

/** Event ids are stored as 16 bytes, long ones as a hash: they identify rows and are no property to ask about. */
function refuseUnfilterable(spec: QuerySpec): void {
  const refs = spec.kind === 'trend' ? spec.series.flatMap((series) => [series, series.of ?? {}]) : [];
  const properties = [
    ...propertiesOf(spec.filters),
    ...refs.flatMap((ref) => propertiesOf(ref.filters ?? [])),
    ...(spec.kind === 'sessions' ? propertiesOf(spec.entryFilters) : []),
    ...(spec.kind === 'states' ? [spec.groupBy] : []),
    ...(spec.breakdown !== null && 'property' in spec.breakdown ? [spec.breakdown.property].flat() : []),
  ];
  if (!properties.includes('event_id')) return;
  throw new AppError('bad-input', 'event_id identifies rows; no filter or breakdown can use it', {
    path: 'filters',
  });
}
