import { useMemo } from 'react';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import type { ExpectedRange } from '../../../shared/alerts/expected.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { type Question, useQuestion } from '../../link/use-question.ts';
import type { ViewAddress } from '../../state/address.ts';
import type { Calendar, DateSpan } from '../../state/date-presets.ts';
import { CAPTURE_THRESHOLD_RATIO, SMALL_SAMPLE } from '../../state/display-settings.ts';
import { nameOf } from '../../state/names.ts';
import { answerIn, intervalIn } from '../../state/answer-in.ts';
import { expectedRanges } from '../../state/expected-ranges.ts';
import { hasFilters } from '../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { bucketOf, calendarOf, drawnBucket, spanOf } from '../../state/span-of.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { togetherOf, useTogether } from '../../state/use-together.ts';
import {
  type CaptureColumns,
  captureColumns,
  type MasterRow,
  masterRows,
  type StateBuckets,
  stateBuckets,
  type StatesGroups,
  statesGroups,
} from './columns.ts';
import { describeFinding, type Finding } from './finding.ts';
import { practiceQuestions } from './questions.ts';

/** Everything that the tiles of the Practices view draw. Columns are those of the last good answer. */
export interface Practices {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  calendar: Calendar;
  span: DateSpan;
  /** Of the finding and the figures. */
  bucket: 'day' | 'week';
  /** What is drawn over time. */
  drawnBucket: 'hour' | 'day' | 'week';
  releases: { version: string; date: string }[];
  /** null where the rate is that of one state: the rule does not speak of it. */
  thresholdRatio: number | null;
  questions: Record<
    | 'captureRate'
    | 'reactionStates'
    | 'captureDrawn'
    | 'statesDrawn'
    | 'captureHistory'
    | 'statesByPractice'
    | 'masterImpact'
    | 'statesByMaster',
    Question
  >;
  /** By the usual buckets of the dates. */
  capture: CaptureColumns | null;
  states: StateBuckets | null;
  /** What `states` was read from. */
  statesAnswer: AnswerOf<'states'> | null;
  /** By the chosen ones. */
  drawnCapture: CaptureColumns | null;
  drawnStates: StateBuckets | null;
  /** By the name of a bucket; empty where too little is known. */
  expected: ReadonlyMap<string, ExpectedRange>;
  byPractice: StatesGroups | null;
  masters: MasterRow[] | null;
  finding: Finding | null;
  /** Labels of the states that the view is narrowed to. */
  chosenStates: string[];
}

export function usePractices(
  workspace: WorkspaceInfo,
  environment: EnvironmentInfo,
  address: ViewAddress,
): Practices {
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  const span = useMemo(() => spanOf(address.range, calendar), [address.range, calendar]);
  const asked = practiceQuestions({ address, environment: environment.environment, span });
  const bucket = bucketOf(span);
  const { page, lens, bucket: chosenBucket } = address.practices;
  const drawn = lens === 'changes' ? bucket : drawnBucket(chosenBucket, span);
  const isOverview = page === 'overview';
  const whenOverview = <T>(spec: T): T | null => (isOverview && lens === 'today' ? spec : null);
  const specs = {
    ...asked,
    captureDrawn: asked.captureDrawn ?? asked.captureRate,
    masterImpact: whenOverview(asked.masterImpact),
    statesByMaster: whenOverview(asked.statesByMaster),
  };
  const captureRate = useQuestion('practices.capture-rate', asked.captureRate);
  const reactionStates = useQuestion('practices.reaction-states', asked.reactionStates);
  const captureDrawn = useQuestion('practices.capture-drawn', asked.captureDrawn);
  const statesDrawn = useQuestion('practices.states-drawn', asked.statesDrawn);
  const isUsual = drawn === bucket;
  const questions = {
    captureRate,
    reactionStates,
    captureDrawn: isUsual ? captureRate : captureDrawn,
    statesDrawn: isUsual ? reactionStates : statesDrawn,
    captureHistory: useQuestion('practices.capture-history', asked.captureHistory),
    statesByPractice: useQuestion('practices.states-by-practice', asked.statesByPractice),
    masterImpact: useQuestion('practices.master-impact', specs.masterImpact),
    statesByMaster: useQuestion('practices.states-by-master', specs.statesByMaster),
  };
  useReportedCost(Object.values(questions));
  const { taxonomy } = environment;
  const part = (key: keyof typeof specs) => ({ question: questions[key], spec: specs[key] });
  const usual = useTogether([part('captureRate'), part('reactionStates')]);
  const ofMasters = useTogether([part('masterImpact'), part('statesByMaster')]);
  const isOfHistory = togetherOf([part('captureDrawn'), part('captureHistory')], null).isWhole;
  const captureAnswer = answerIn(usual[0], 'trend');
  const statesAnswer = answerIn(usual[1], 'states');
  const practiceAnswer = answerIn(questions.statesByPractice, 'states');
  const impactAnswer = answerIn(ofMasters[0], 'trend');
  const mixAnswer = answerIn(ofMasters[1], 'states');
  const capture = useMemo(() => captureAnswer && captureColumns(captureAnswer), [captureAnswer]);
  const states = useMemo(
    () => statesAnswer && stateBuckets(statesAnswer, taxonomy),
    [statesAnswer, taxonomy],
  );
  const drawnCaptureAnswer =
    intervalIn(questions.captureDrawn) === drawn ? answerIn(questions.captureDrawn, 'trend') : null;
  const drawnStatesAnswer =
    intervalIn(questions.statesDrawn) === drawn ? answerIn(questions.statesDrawn, 'states') : null;
  const drawnCapture = useMemo(
    () => drawnCaptureAnswer && captureColumns(drawnCaptureAnswer),
    [drawnCaptureAnswer],
  );
  const drawnStates = useMemo(
    () => drawnStatesAnswer && stateBuckets(drawnStatesAnswer, taxonomy),
    [drawnStatesAnswer, taxonomy],
  );
  const historyAnswer =
    drawn === 'week' ||
    !isOfHistory ||
    intervalIn(questions.captureHistory) !== drawn ||
    questions.captureHistory.state.status === 'failed'
      ? null
      : answerIn(questions.captureHistory, 'trend');
  const expected = useMemo(
    () =>
      historyAnswer === null || drawn === 'week' ? NOTHING_EXPECTED : expectedRanges(historyAnswer, drawn),
    [historyAnswer, drawn],
  );
  const byPractice = useMemo(
    () => practiceAnswer && statesGroups(practiceAnswer, taxonomy),
    [practiceAnswer, taxonomy],
  );
  const masters = useMemo(
    () => impactAnswer && masterRows(impactAnswer, mixAnswer && statesGroups(mixAnswer, taxonomy)),
    [impactAnswer, mixAnswer, taxonomy],
  );
  const releases = useMemo(
    () =>
      environment.releases
        .map(({ version, releasedAt }) => ({ version, date: toLocalDate(releasedAt, workspace.zone) }))
        .filter(({ date }) => date >= span.from && date <= span.to)
        .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    [environment.releases, workspace.zone, span],
  );
  const chosenStates = useMemo(
    () => address.filters.state.map((id) => nameOf('state', id, environment)),
    [address.filters.state, environment],
  );
  const thresholdRatio = chosenStates.length > 0 ? null : CAPTURE_THRESHOLD_RATIO;
  const finding = useMemo(
    () =>
      capture &&
      describeFinding({
        days: capture.buckets,
        states: states?.states ?? [],
        releases,
        thresholdRatio: thresholdRatio ?? CAPTURE_THRESHOLD_RATIO,
        smallSample: SMALL_SAMPLE,
        bucket,
        hasFilters: hasFilters(address),
        stateLabels: chosenStates,
      }),
    [capture, states, releases, thresholdRatio, bucket, address, chosenStates],
  );
  return {
    workspace,
    environment,
    address,
    calendar,
    span,
    bucket,
    drawnBucket: drawn,
    releases,
    thresholdRatio,
    questions,
    capture,
    states,
    statesAnswer,
    drawnCapture,
    drawnStates,
    expected,
    byPractice,
    masters,
    finding,
    chosenStates,
  };
}

const NOTHING_EXPECTED: ReadonlyMap<string, ExpectedRange> = new Map();
