import { type CohortDefinition, type CohortRef, isNewUsers } from '../../../shared/query/cohort.ts';
import type { Interval, Range } from '../../../shared/query/common-spec.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseCohortQuestion } from '../../../shared/query/parse-spec.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { cohortMembers } from '../plan/cohort-members.ts';
import { FilterCompiler } from '../plan/expression.ts';
import { firstEventByUser } from '../plan/first-events.ts';
import { createPace } from '../plan/pace.ts';
import type { PartStepName } from '../plan/part-steps.ts';
import { createPeople, EVERYONE, type PeopleData } from '../plan/people.ts';
import { type Part, WHOLE } from '../plan/part.ts';
import { type Period, type PeriodOptions, periodOf, periodOfMs } from '../plan/period.ts';
import { breakdownAxes, type Question } from '../plan/question.ts';
import type { ScanContext } from '../plan/scan.ts';
import {
  buildSessionIndex,
  derivedNote,
  type SessionIndex,
  type SessionOptions,
} from '../plan/session-index.ts';
import { refuseUnfilterable } from '../plan/unfilterable.ts';
import type { RunOptions } from '../query-engine.ts';
import type { PartOutcome, PartTask } from './part-task.ts';
import { answerDistribution } from './distribution.ts';
import { answerExperiment } from './experiment/experiment.ts';
import { answerFunnel } from './funnel/funnel.ts';
import { MOST_MEMBERS } from './members.ts';
import { runPartStep } from './part-steps.ts';
import { answerPaths } from './paths/paths.ts';
import { answerLifecycle } from './people/lifecycle.ts';
import { answerStickiness } from './people/stickiness.ts';
import { answerRetention, periodsOf, retentionRange } from './retention/retention.ts';
import { answerSessions } from './sessions.ts';
import { answerStates } from './states.ts';
import type { Computed, QuestionSetting } from './setting.ts';
import { toEnvelope } from './to-envelope.ts';
import { answerTrend } from './trend.ts';

export interface Run {
  run: RunOptions;
  scratch: Scratch;
  /** How many members a count lists; default: what an answer may hold. */
  mostMembers?: number;
  /** How deep cohorts lie inside each other's questions. */
  depth?: number;
  /** Works the parts of a step out elsewhere, if the step is worth it; default: here, as one part. */
  parts?: PartsElsewhere;
}

/** Null where one part, here, is the better way. */
export type PartsElsewhere = (work: PartTask, question: Question) => Promise<PartOutcome[]> | null;

export async function computeAnswer(spec: QuerySpec, setting: QuestionSetting, run: Run): Promise<Computed> {
  refuseUnfilterable(spec);
  const { view, calendar } = setting;
  const options: PeriodOptions = { calendar, interval: intervalOf(spec), span: view.span };
  const period = periodOf(rangeOf(spec), options);
  const log = createLog();
  const context = contextOf(setting, run, log);
  const people = await readPeople(spec, setting, run, context);
  const question = openQuestion(spec, setting, run, { context, people, log });
  const result = await answerKind(question, spec, options, setting.taxonomy);
  return {
    result,
    period: spec.kind === 'retention' ? periodsOf(spec, period) : period,
    notes: [...log.notes],
    types: log.types(),
    rowsRead: [...log.segments.values()].reduce((sum, rows) => sum + rows, 0),
    segmentsRead: log.segments.size,
  };
}

/** One part of a step, for whoever answers the question. */
export async function computePart(
  setting: QuestionSetting,
  run: Run,
  { work, part }: { work: PartTask; part: Part },
): Promise<PartOutcome> {
  const { spec } = work;
  const log = createLog();
  const context = contextOf(setting, run, log);
  const question = openQuestion(
    spec,
    setting,
    { ...run, mostMembers: work.mostMembers },
    { context, people: work.people, log },
  );
  const options: PeriodOptions = {
    calendar: setting.calendar,
    interval: intervalOf(spec),
    span: setting.view.span,
  };
  const result = await runPartStep(
    work.step,
    question,
    periodOfMs(work.period, options),
    work.argument,
    part,
  );
  return { result, segments: [...log.segments], notes: [...log.notes] };
}

const contextOf = ({ view }: QuestionSetting, { scratch, run }: Run, log: QuestionLog): ScanContext => ({
  view,
  scratch,
  people: EVERYONE,
  pace: createPace(run.signal, () => performance.now()),
  onSegment: log.onSegment,
  onDay: (done, total) => run.onProgress?.({ done, total }),
});

function openQuestion(
  spec: QuerySpec,
  { view, calendar }: QuestionSetting,
  { parts, mostMembers = MOST_MEMBERS }: Run,
  { context, people, log }: { context: ScanContext; people: PeopleData; log: QuestionLog },
): Question {
  const question: Question = {
    ...context,
    spec,
    calendar,
    compiler: new FilterCompiler(),
    breakdown: breakdownAxes(spec.breakdown, view),
    people: createPeople(view, { ...people, userFilters: spec.userFilters, note: log.note }),
    note: log.note,
    reads: log.reads,
    mostMembers,
    async sessions(options) {
      const index = await sessionsOf(context, options);
      const note = derivedNote(index, options);
      if (note !== null) log.note(note);
      return index;
    },
    async runParts<Result>(step: PartStepName, argument: unknown, period: Period) {
      const { startMs, endMs } = period;
      const work: PartTask = { spec, step, argument, period: { startMs, endMs }, people, mostMembers };
      const outcomes = await parts?.(work, question);
      if (outcomes == null) return [(await runPartStep(step, question, period, argument, WHOLE)) as Result];
      outcomes.forEach(log.add);
      return outcomes.map(({ result }) => result as Result); // the step's own results
    },
  };
  return question;
}

const DEEPEST_COHORT = 3;

async function readPeople(
  spec: QuerySpec,
  setting: QuestionSetting,
  run: Run,
  context: ScanContext,
): Promise<PeopleData> {
  const { cohort } = spec;
  const none = new Float64Array(0);
  if (cohort === null) return { isNewWanted: null, members: null, firstMs: none };
  if (isNewUsers(cohort))
    return { isNewWanted: cohort.new, members: null, firstMs: await firstEventByUser(context) };
  const members = await cohortMembers(definitionOf(cohort, setting), {
    ...context,
    compiler: new FilterCompiler(),
    calendar: setting.calendar,
    askMembers: (inner) => askMembers(inner, spec, setting, run),
  });
  return { isNewWanted: null, members, firstMs: none };
}

function definitionOf(
  cohort: Exclude<CohortRef, { new: boolean }>,
  { cohortById }: QuestionSetting,
): CohortDefinition {
  if (typeof cohort !== 'string') return cohort;
  const saved = cohortById(cohort);
  if (saved !== null) return saved;
  throw new AppError('bad-input', `cohort: there is no cohort "${cohort}" in this environment`, {
    path: 'cohort',
  });
}

/** The question that a cohort is a cell of, with all its members. */
async function askMembers(
  inner: Record<string, unknown>,
  { environment }: QuerySpec,
  setting: QuestionSetting,
  run: Run,
): Promise<Answer> {
  const depth = (run.depth ?? 0) + 1;
  if (depth > DEEPEST_COHORT)
    throw new AppError(
      'bad-input',
      `cohort.question: cohorts lie more than ${DEEPEST_COHORT} deep in each other`,
      {
        path: 'cohort.question',
      },
    );
  const spec = parseCohortQuestion(
    { ...inner, environment: inner['environment'] ?? environment },
    environment,
  );
  const own = { ...setting, calendar: setting.calendarOf(spec) };
  const computed = await computeAnswer(spec, own, { ...run, depth, mostMembers: Infinity });
  return toEnvelope(spec, own, computed, 0);
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
    case 'funnel':
      return answerFunnel(question, spec, options);
    case 'retention':
      return answerRetention(question, spec, options);
    case 'lifecycle':
      return answerLifecycle(question, spec, options);
    case 'stickiness':
      return answerStickiness(question, spec, options);
    case 'paths':
      return answerPaths(question, spec, options);
    case 'distribution':
      return answerDistribution(question, spec, options);
    case 'experiment':
      return answerExperiment(question, spec, options);
  }
}

const rangeOf = (spec: QuerySpec): Range => (spec.kind === 'retention' ? retentionRange(spec) : spec.range);

const intervalOf = (spec: QuerySpec): Interval => ('interval' in spec ? spec.interval : undefined) ?? 'day';

interface QuestionLog {
  notes: Set<string>;
  segments: Map<number, number>;
  note: (text: string) => void;
  reads: (types: readonly string[] | null) => void;
  types: () => ReadonlySet<string> | null;
  onSegment: ScanContext['onSegment'];
  /** What another thread has read for the question. */
  add: (outcome: PartOutcome) => void;
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
    add(outcome) {
      for (const [segmentId, rows] of outcome.segments) segments.set(segmentId, rows);
      for (const text of outcome.notes) notes.add(text);
    },
  };
}
