import { useMemo } from 'react';
import type { ExpectedRange } from '../../../shared/alerts/expected.ts';
import { toLocalDate, toLocalTime } from '../../../shared/format/local-time.ts';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { expectedRanges } from '../../state/expected-ranges.ts';
import { drawnBucket } from '../../state/span-of.ts';
import { type TrendColumns, trendColumns } from '../../state/trend-columns.ts';
import { answerIn, intervalIn } from '../../state/answer-in.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { togetherOf, useTogether } from '../../state/use-together.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import {
  type CaptureColumns,
  captureColumns,
  type MasterRow,
  masterRows,
  type StatesGroups,
} from '../practices/columns.ts';
import { type ReactionQuestion, useReactionRetention } from '../practices/reaction-retention.ts';
import { type ShiftRow, shiftRows } from '../practices/shift.ts';
import { useStatesGroups } from '../practices/use-states-groups.ts';
import {
  type HourCell,
  hourCells,
  nextRows,
  type PartnerRow,
  partnerRows,
  type Peers,
  peersOf,
  type StatesOverTime,
  statesOverTime,
} from './columns.ts';
import { type Course, courseOf } from './course.ts';
import { subjectQuestions, type SubjectQuestions } from './questions.ts';
import type { Subject } from './subject.ts';

/** Everything that the tiles of a page draw, of the last good answers. */
export interface SubjectPage {
  base: ViewBase;
  subject: Subject;
  /** What is drawn over time. */
  bucket: 'hour' | 'day' | 'week';
  questions: Record<keyof SubjectQuestions, Question>;
  releases: { version: string; date: string }[];
  capture: CaptureColumns | null;
  /** Runs and people, by their names. */
  trend: TrendColumns | null;
  expected: ReadonlyMap<string, ExpectedRange>;
  peers: Peers | null;
  states: StatesOverTime | null;
  partners: PartnerRow[] | null;
  slices: StatesGroups | null;
  /** By weekday and single hour. */
  hours: HourCell[] | null;
  fresh: StatesGroups | null;
  returning: StatesGroups | null;
  shift: ShiftRow[] | null;
  against: ShiftRow[] | null;
  /** Of a master: against what the practice mix leads to expect. */
  impact: MasterRow | null;
  /** Of a master, by week. */
  course: Course | null;
  medianSeconds: number | null;
  next: ReturnType<typeof nextRows> | null;
  reactions: ReactionQuestion[];
}

const NOTHING_EXPECTED: ReadonlyMap<string, ExpectedRange> = new Map();
const READS = ['session_completed', 'reaction_captured'] as const;

export function useSubject(props: ViewProps, subject: Subject): SubjectPage {
  const { environment, workspace } = props;
  const known = useViewBase(props, READS);
  const base = useMemo(() => ({ ...known, unfit: unfitOf(subject) }), [known, subject]);
  const { address, span, asked } = base;
  const { page, lens, bucket: choice } = address.practices;
  const asking = lens === 'changes' ? base.bucket : drawnBucket(choice, span);
  const specs = subjectQuestions(base, subject);
  const questions = useSubjectQuestions(specs, subject);
  const shown = intervalIn(questions.capture);
  const bucket = shown === null || shown === 'month' ? asking : shown;
  const reactions = useReactionRetention(`${subject.kind}-page`, asked, environment, {
    isShown: page === 'people',
    own: subject.own,
  });
  useReportedCost([...Object.values(questions), ...reactions.map(({ question }) => question)]);
  const { taxonomy } = environment;
  const part = (key: keyof SubjectQuestions) => ({ question: questions[key], spec: specs[key] });
  const [peersAnswer, impactAnswer] = useTogether([part('peers'), part('impact')]);
  const [partnersAnswer, ofAllAnswer] = useTogether([part('partners'), part('partnersOfAll')]);
  const [freshAnswer, returningAnswer] = useTogether([part('fresh'), part('returning')]);
  const courses = useTogether([part('course'), part('courseOfNew'), part('courseOfReturning')]);
  const isOfHistory = togetherOf([part('capture'), part('history')], null).isWhole;
  const groups = {
    peers: useStatesGroups(peersAnswer, taxonomy),
    partners: useStatesGroups(partnersAnswer, taxonomy),
    ofAll: useStatesGroups(ofAllAnswer, taxonomy),
    slices: useStatesGroups(questions.slices, taxonomy),
    fresh: useStatesGroups(freshAnswer, taxonomy),
    returning: useStatesGroups(returningAnswer, taxonomy),
  };
  const answers = {
    capture: answerIn(questions.capture, 'trend'),
    history: answerIn(questions.history, 'trend'),
    peersOverTime: answerIn(questions.peersOverTime, 'states'),
    hours: answerIn(questions.hours, 'states'),
    impact: answerIn(impactAnswer, 'trend'),
    course: answerIn(courses[0], 'trend'),
    courseOfNew: answerIn(courses[1], 'trend'),
    courseOfReturning: answerIn(courses[2], 'trend'),
    length: answerIn(questions.length, 'distribution'),
    next: answerIn(questions.next, 'paths'),
  };
  const { id, kind } = subject;
  const peers = useMemo(() => groups.peers && peersOf(groups.peers, id), [groups.peers, id]);
  return {
    base,
    subject,
    bucket,
    questions,
    reactions,
    releases: useReleases(base, bucket),
    capture: useMemo(() => answers.capture && captureColumns(answers.capture), [answers.capture]),
    trend: useMemo(() => answers.capture && trendColumns(answers.capture), [answers.capture]),
    expected: useMemo(
      () =>
        answers.history === null ||
        !isOfHistory ||
        bucket === 'week' ||
        intervalIn(questions.history) !== bucket ||
        questions.history.state.status === 'failed'
          ? NOTHING_EXPECTED
          : expectedRanges(answers.history, bucket),
      [answers.history, questions.history, bucket, isOfHistory],
    ),
    peers,
    states: useMemo(
      () => answers.peersOverTime && statesOverTime(answers.peersOverTime, id, taxonomy),
      [answers.peersOverTime, id, taxonomy],
    ),
    partners: useMemo(() => {
      if (groups.partners === null || (kind === 'master' && groups.ofAll === null)) return null;
      return partnerRows(groups.partners, kind === 'master' ? groups.ofAll : null);
    }, [groups.partners, groups.ofAll, kind]),
    slices: groups.slices,
    hours: useMemo(
      () => answers.hours && hourCells(answers.hours, 1, workspace.weekStart),
      [answers.hours, workspace.weekStart],
    ),
    fresh: groups.fresh,
    returning: groups.returning,
    shift: useMemo(
      () =>
        groups.fresh === null || groups.returning === null
          ? null
          : shiftRows(groups.fresh.total, groups.returning.total),
      [groups.fresh, groups.returning],
    ),
    against: useMemo(() => peers && shiftRows(peers.own, peers.others), [peers]),
    impact: useMemo(
      () =>
        kind === 'master' && answers.impact !== null
          ? (masterRows(answers.impact, null).find((row) => row.id === id) ?? null)
          : null,
      [answers.impact, id, kind],
    ),
    course: useMemo(() => {
      const { course: all, courseOfNew: ofNew, courseOfReturning: ofReturning } = answers;
      if (all === null || ofNew === null || ofReturning === null) return null;
      return courseOf({ all, fresh: ofNew, returning: ofReturning }, id);
    }, [answers.course, answers.courseOfNew, answers.courseOfReturning, id]),
    medianSeconds: answers.length?.result.quantiles[0]?.value ?? null,
    next: useMemo(() => answers.next && nextRows(answers.next, id), [answers.next, id]),
  };
}

const unfitOf = ({ kind }: Subject) => ({
  [kind]: kind === 'practice' ? 'this page is of one practice' : 'this page is of one master',
  state: 'all states are drawn here',
});

function useSubjectQuestions(
  asked: SubjectQuestions,
  subject: Subject,
): Record<keyof SubjectQuestions, Question> {
  const place = `${subject.kind}-page`;
  return {
    capture: useQuestion(`${place}.capture`, asked.capture),
    history: useQuestion(`${place}.history`, asked.history),
    peers: useQuestion(`${place}.peers`, asked.peers),
    peersOverTime: useQuestion(`${place}.peers-over-time`, asked.peersOverTime),
    partners: useQuestion(`${place}.partners`, asked.partners),
    partnersOfAll: useQuestion(`${place}.partners-of-all`, asked.partnersOfAll),
    impact: useQuestion(`${place}.impact`, asked.impact),
    course: useQuestion(`${place}.course`, asked.course),
    courseOfNew: useQuestion(`${place}.course-of-new`, asked.courseOfNew),
    courseOfReturning: useQuestion(`${place}.course-of-returning`, asked.courseOfReturning),
    length: useQuestion(`${place}.length`, asked.length),
    slices: useQuestion(`${place}.slices`, asked.slices),
    hours: useQuestion(`${place}.hours`, asked.hours),
    fresh: useQuestion(`${place}.new`, asked.fresh),
    returning: useQuestion(`${place}.returning`, asked.returning),
    next: useQuestion(`${place}.next`, asked.next),
  };
}

function useReleases({ environment, workspace, span }: ViewBase, bucket: 'hour' | 'day' | 'week') {
  return useMemo(
    () =>
      environment.releases
        .map(({ version, releasedAt }) => {
          const { date, time } = toLocalTime(releasedAt, workspace.zone);
          return {
            version,
            day: toLocalDate(releasedAt, workspace.zone),
            date: bucket === 'hour' ? `${date} ${time}` : date,
          };
        })
        .filter(({ day }) => day >= span.from && day <= span.to)
        .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    [environment.releases, workspace.zone, span, bucket],
  );
}
