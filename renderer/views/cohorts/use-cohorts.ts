import { useMemo } from 'react';
import type { CohortRef } from '../../../shared/query/cohort.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import type { UnfitFields } from '../../app/filters/bar-fields.ts';
import { type Question, useQuestion, useQuestions } from '../../link/use-question.ts';
import { againstOf, withoutDates } from '../../state/against.ts';
import { type CohortChoice, cohortRefOf } from '../../state/cohort-choice.ts';
import type { ViewAddress } from '../../state/address.ts';
import type { CohortsState } from '../../state/cohorts-address.ts';
import type { Calendar, DateSpan } from '../../state/date-presets.ts';
import { BAR_FIELDS, cohortOf, hasFilters } from '../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { calendarOf, spanOf } from '../../state/span-of.ts';
import { answerIn } from '../../state/answer-in.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { unfitFields } from '../../state/unfit-fields.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { type Answered, useTogether } from '../../state/use-together.ts';
import {
  type ColumnTotal,
  columnTotals,
  type LifecycleBucket,
  lifecycleBuckets,
  previousTable,
  type RetentionTable,
  retentionTable,
  tableWithout,
} from './columns.ts';
import { type CohortsFinding, describeCohorts, describeLifecycle } from './finding.ts';
import { lowerEvent } from './words.ts';
import {
  type CohortsAsked,
  firstReactionQuestion,
  lifecycleQuestion,
  noReactionQuestion,
  retentionQuestion,
  stickinessQuestion,
} from './questions.ts';

/** A kind of people: those who came for the first time, or those who had been there before. */
export interface RetentionCurve {
  table: RetentionTable;
  totals: ColumnTotal[];
  previous: ColumnTotal[] | null;
}

export interface ReactionRow {
  /** null: no reaction so far. */
  name: StateName | null;
  question: Question;
  /** What is drawn beside the other rows. */
  answered: Answered;
}

/** Another cohort's retention under the same question. */
export interface Against {
  choice: CohortChoice;
  question: Question;
  table: RetentionTable | null;
  totals: ColumnTotal[] | null;
}

/** Everything that the tiles of the Cohorts view draw. Columns are those of the last good answer. */
export interface Cohorts {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  state: CohortsState;
  calendar: Calendar;
  span: DateSpan;
  unfit: UnfitFields;
  asked: CohortsAsked;
  questions: { main: Question; fresh: Question; every: Question; lifecycle: Question; stickiness: Question };
  reactions: ReactionRow[];
  /** The cohort beside; null: none. */
  against: Against | null;
  table: RetentionTable | null;
  totals: ColumnTotal[] | null;
  fresh: RetentionCurve | null;
  returning: RetentionCurve | null;
  /** Of the lifecycle. */
  buckets: LifecycleBucket[] | null;
  finding: CohortsFinding | null;
  /** Everything that the finding looks at has been read. */
  isFound: boolean;
}

export function useCohorts(
  workspace: WorkspaceInfo,
  environment: EnvironmentInfo,
  open: ViewAddress,
  /** Stands in the place of the address' cohort. */
  people?: CohortRef | null,
): Cohorts {
  const against = people === undefined ? againstOf(open) : null;
  const address = useMemo(() => withoutDates(open), [open]);
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  const span = useMemo(() => spanOf(address.range, calendar), [address.range, calendar]);
  const state = address.cohorts;
  const unfit = useMemo(
    () => ({
      ...unfitFields([state.anchor, state.return]),
      ...(address.cohort === 'new' || address.cohort === 'returning' ? { cohort: NEW_PEOPLE_DRAWN } : {}),
    }),
    [state.anchor, state.return, address.cohort],
  );
  const asked: CohortsAsked = {
    address,
    environment: environment.environment,
    span,
    ...(people === undefined ? {} : { people }),
    skipped: BAR_FIELDS.filter((field) => field in unfit),
  };
  const isRetention = state.page === 'retention';
  const whenRetention = <T>(spec: T): T | null => (isRetention ? spec : null);
  const specs = {
    fresh: whenRetention(retentionQuestion(asked, 'first_time')),
    every: whenRetention(retentionQuestion(asked, 'recurring')),
  };
  const fresh = useQuestion('cohorts.first-time', specs.fresh);
  const every = useQuestion('cohorts.recurring', specs.every);
  const curves = useTogether([
    { question: fresh, spec: specs.fresh },
    { question: every, spec: specs.every },
  ]);
  const ever = useQuestion(
    'cohorts.first-ever',
    isRetention && state.type === 'first_ever' ? retentionQuestion(asked, 'first_ever') : null,
  );
  const other = useQuestion(
    'cohorts.against',
    against === null || !isRetention
      ? null
      : retentionQuestion({ ...asked, people: cohortRefOf(against) }, state.type),
  );
  const otherAnswer = retentionIn(other);
  const otherTable = useMemo(() => otherAnswer && retentionTable(otherAnswer), [otherAnswer]);
  const main = { first_time: fresh, recurring: every, first_ever: ever }[state.type];
  const isNobody = people === null; // no rule yet
  const whenLife = <T>(spec: T): T | null => (isRetention || isNobody ? null : spec);
  const lifecycle = useQuestion('cohorts.lifecycle', whenLife(lifecycleQuestion(asked)));
  const stickiness = useQuestion('cohorts.stickiness', whenLife(stickinessQuestion(asked)));
  const reactions = useReactions(asked, environment, isRetention && against === null);
  useReportedCost([
    ...(isRetention
      ? [fresh, every, main, ...reactions.map(({ question }) => question)]
      : [lifecycle, stickiness]),
  ]);
  const tables = useTables(main, ...curves);
  const lifecycleGood = lifecycle.state.good;
  const { now } = workspace;
  const buckets = useMemo(
    () => (lifecycleGood?.answer.kind === 'lifecycle' ? lifecycleBuckets(lifecycleGood.answer, now) : null),
    [lifecycleGood, now],
  );
  const retentionFinding = useMemo(
    () =>
      tables.table === null
        ? null
        : describeCohorts({
            state,
            table: tables.table,
            total: tables.totals?.[state.column] ?? null,
            fresh: tables.fresh?.totals[state.column] ?? null,
            returning: tables.returning?.totals[state.column] ?? null,
            hasFilters: hasFilters(address),
          }),
    [tables, state, address],
  );
  return {
    workspace,
    environment,
    address,
    state,
    calendar,
    span,
    unfit,
    asked,
    questions: { main, fresh, every, lifecycle, stickiness },
    reactions,
    against:
      against === null
        ? null
        : {
            choice: against,
            question: other,
            table: otherTable,
            totals: otherTable && columnTotals(otherTable),
          },
    ...tables,
    buckets,
    finding: isRetention
      ? retentionFinding
      : buckets && describeLifecycle({ buckets, interval: state.interval, event: lowerEvent(state.return) }),
    isFound: [main, fresh, every, lifecycle, other].every(({ state: { fetching } }) => fetching === null),
  };
}

const NEW_PEOPLE_DRAWN = 'new and returning people are drawn apart';

function useReactions(asked: CohortsAsked, environment: EnvironmentInfo, isShown: boolean): ReactionRow[] {
  const names = useMemo(() => stateNames(environment.taxonomy, []), [environment.taxonomy]);
  const isOfCohort = cohortOf(asked, asked.skipped) !== null; // a rule cannot name another cohort: who has no reaction yet is left out
  const rows = isOfCohort ? names : [...names, null];
  const placed =
    isShown && names.length > 0
      ? rows.map((name) => ({
          slot: `cohorts.reaction-${name?.id ?? 'none'}`,
          spec: name === null ? noReactionQuestion(asked) : firstReactionQuestion(asked, name.id),
        }))
      : [];
  const questions = useQuestions(placed);
  const answers = useTogether(
    questions.map((question, index) => ({ question, spec: placed[index]?.spec ?? null })),
  );
  return questions.map((question, index) => ({
    name: rows[index] ?? null,
    question,
    answered: answers[index] ?? question,
  }));
}

/** Returning people are all without the new ones: only of answers that may be drawn together. */
function useTables(main: Question, fresh: Answered, every: Answered) {
  const mainAnswer = retentionIn(main);
  const freshAnswer = retentionIn(fresh);
  const everyAnswer = retentionIn(every);
  return useMemo(() => {
    const table = mainAnswer && retentionTable(mainAnswer);
    return {
      table,
      totals: table && columnTotals(table),
      fresh: freshAnswer && curveOf(retentionTable(freshAnswer), previousTable(freshAnswer)),
      returning: everyAnswer && freshAnswer && returningOf(everyAnswer, freshAnswer),
    };
  }, [mainAnswer, freshAnswer, everyAnswer]);
}

function returningOf(every: AnswerOf<'retention'>, fresh: AnswerOf<'retention'>): RetentionCurve {
  const [everyBefore, freshBefore] = [previousTable(every), previousTable(fresh)];
  return curveOf(
    tableWithout(retentionTable(every), retentionTable(fresh)),
    everyBefore !== null && freshBefore !== null ? tableWithout(everyBefore, freshBefore) : null,
  );
}

const curveOf = (table: RetentionTable, previous: RetentionTable | null): RetentionCurve => ({
  table,
  totals: columnTotals(table),
  previous: previous && columnTotals(previous),
});

export const retentionIn = (answered: Answered): AnswerOf<'retention'> | null =>
  answerIn(answered, 'retention');
