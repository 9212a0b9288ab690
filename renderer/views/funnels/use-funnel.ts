import { useMemo } from 'react';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import type { UnfitFields } from '../../app/filters/bar-fields.ts';
import type { GoodAnswer } from '../../link/coordinator.ts';
import { type Question, useQuestion, useQuestions } from '../../link/use-question.ts';
import type { ViewAddress } from '../../state/address.ts';
import { againstOf, comparisonInWords, withoutDates } from '../../state/against.ts';
import { cohortRefOf } from '../../state/cohort-choice.ts';
import type { Calendar, DateSpan } from '../../state/date-presets.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { type UnitNames, unitNames } from '../../state/event-names.ts';
import { checkDefinition, definitionParts, type FunnelDefinition } from '../../state/funnel-definition.ts';
import { BAR_FIELDS, hasFilters } from '../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { bucketOf, calendarOf, spanOf } from '../../state/span-of.ts';
import { type StandardFunnel, standardFunnel } from '../../state/standard-funnels.ts';
import { unfitFields } from '../../state/unfit-fields.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import {
  type FunnelBucket,
  funnelBuckets,
  type FunnelGroups,
  funnelGroups,
  type FunnelStep,
  funnelSteps,
  type FunnelTimes,
  funnelTimes,
  transitionsOf,
} from './columns.ts';
import { describeFunnel, type FunnelFinding } from './finding.ts';
import { withAgainst } from './with-against.ts';
import { type RegularUse, useRegularUse } from './use-regular-use.ts';
import { type FunnelAsked, groupsQuestion, stepsQuestion, timeQuestion, trendQuestion } from './questions.ts';

/** Days are looked at for so many steps; a longer funnel is judged by its first ones. */
const MOST_TRENDS = 8;

/** Everything that the tiles of the Funnels view draw. Columns are those of the last good answer. */
export interface Funnel {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  calendar: Calendar;
  span: DateSpan;
  bucket: 'day' | 'week';
  definition: FunnelDefinition;
  /** null: a funnel of one's own. */
  standard: StandardFunnel | null;
  units: UnitNames;
  unfit: UnfitFields;
  asked: FunnelAsked;
  releases: { version: string; date: string }[];
  /** Steps that the time to convert is measured between. */
  time: { from: number; to: number } | null;
  /** What follows the last step; null where nothing does. */
  regularUse: RegularUse | null;
  questions: { steps: Question; groups: Question; time: Question; trends: Question[] };
  /** What the steps are compared with, in words; empty: with nothing. */
  compared: string;
  /** The other cohort's steps; null where dates are compared, or nothing. */
  against: Question | null;
  steps: FunnelStep[] | null;
  groups: FunnelGroups | null;
  times: FunnelTimes | null;
  /** Conversions by day into each step that has one before it. */
  trends: { from: number; to: number; question: Question; buckets: FunnelBucket[] | null }[];
  finding: FunnelFinding | null;
  /** Everything that the finding looks at has been read. */
  isFound: boolean;
}

export function useFunnel(workspace: WorkspaceInfo, environment: EnvironmentInfo, open: ViewAddress): Funnel {
  const against = againstOf(open);
  const address = useMemo(() => withoutDates(open), [open]);
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  const span = useMemo(() => spanOf(address.range, calendar), [address.range, calendar]);
  const { funnel, breakdown } = address.funnels;
  const standard = typeof funnel === 'string' ? standardFunnel(funnel) : null;
  const definition = typeof funnel === 'string' ? standardFunnel(funnel).definition : funnel;
  const unfit = useMemo(() => unfitFields(eventsOf(definition)), [definition]);
  const asked: FunnelAsked = {
    address,
    environment: environment.environment,
    span,
    definition,
    skipped: BAR_FIELDS.filter((field) => unfit[field] !== undefined),
  };
  const transitions = transitionsOf(definition).slice(0, MOST_TRENDS);
  const time = timeOf(address, definition);
  const questions = {
    steps: useQuestion('funnels.steps', stepsQuestion(asked)),
    groups: useQuestion('funnels.groups', groupsQuestion(asked, breakdown)),
    time: useQuestion('funnels.time', time === null ? null : timeQuestion(asked, time.from, time.to)),
    trends: useQuestions(
      transitions.map(({ from, to }) => ({
        slot: `funnels.trend-${to}`,
        spec: trendQuestion(asked, from, to),
      })),
    ),
  };
  const other = useQuestion(
    'funnels.against',
    against === null ? null : stepsQuestion({ ...asked, people: cohortRefOf(against) }),
  );
  const regularUse = useRegularUse(asked, standard);
  useReportedCost([questions.steps, other, questions.groups, questions.time, ...questions.trends]);
  const { now } = workspace;
  const { good } = questions.steps.state;
  const otherGood = other.state.good;
  const steps = useMemo(
    () => columnsOfGood(against === null ? good : withAgainst(good, otherGood), funnelSteps),
    [against, good, otherGood],
  );
  const groups = useColumns(questions.groups, funnelGroups);
  const times = useColumns(questions.time, funnelTimes);
  const trends = transitions.flatMap(({ from, to }, index) => {
    const question = questions.trends[index];
    return question === undefined ? [] : [{ from, to, question, buckets: bucketsOf(question, now) }];
  });
  const isFound = [other, ...questions.trends].every(({ state }) => state.fetching === null);
  const bucket = bucketOf(span);
  const units = unitNames(definition.unit);
  const finding =
    steps &&
    describeFunnel({
      steps,
      buckets: trends,
      bucket,
      units,
      words: standard,
      hasFilters: hasFilters(address),
      isComplete: isFound && questions.steps.state.status === 'ready', // never days of one range beside steps of another
      smallSample: SMALL_SAMPLE,
    });
  return {
    workspace,
    environment,
    address,
    calendar,
    span,
    bucket,
    definition,
    standard,
    units,
    unfit,
    asked,
    releases: releasesWithin(environment, span, workspace.zone),
    time,
    regularUse,
    questions,
    compared: comparisonInWords(open, span),
    against: against === null ? null : other,
    steps,
    groups,
    times,
    trends,
    finding,
    isFound,
  };
}

type ColumnsOf<T> = (answer: AnswerOf<'funnel'>, definition: FunnelDefinition) => T | null;

/** Columns of the last good answer, read as the funnel that it was asked of. */
export function useColumns<T>({ state }: Question, columnsOf: ColumnsOf<T>): T | null {
  const { good } = state;
  return useMemo(() => columnsOfGood(good, columnsOf), [good, columnsOf]);
}

export const bucketsOf = ({ state }: Question, now: string): FunnelBucket[] | null =>
  columnsOfGood(state.good, (answer, definition) => funnelBuckets(answer, { definition, now }));

function columnsOfGood<T>(good: GoodAnswer | null, columnsOf: ColumnsOf<T>): T | null {
  if (good?.answer.kind !== 'funnel' || good.spec.kind !== 'funnel') return null;
  const { definition } = checkDefinition(definitionParts(good.spec));
  return definition === null ? null : columnsOf(good.answer, definition);
}

/** The chosen steps as far as the funnel has them, else its last two. */
function timeOf(address: ViewAddress, definition: FunnelDefinition): { from: number; to: number } | null {
  const last = definition.steps.length - 1;
  const { time } = address.funnels;
  if (time !== null && time.to <= last) return time;
  return transitionsOf(definition).at(-1) ?? null;
}

export const eventsOf = ({ steps }: FunnelDefinition): (string | null)[] =>
  steps.flatMap((step) => [step.event ?? null, ...(step.anyOf ?? []).map(({ event }) => event ?? null)]);

export function releasesWithin(environment: EnvironmentInfo, { from, to }: DateSpan, zone: string) {
  return environment.releases
    .map(({ version, releasedAt }) => ({ version, date: toLocalDate(releasedAt, zone) }))
    .filter(({ date }) => date >= from && date <= to)
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}
