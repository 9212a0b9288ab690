import { useMemo } from 'react';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import { type Question, useQuestion, useQuestions } from '../../../link/use-question.ts';
import type { ViewAddress } from '../../../state/address.ts';
import type { Calendar, DateSpan } from '../../../state/date-presets.ts';
import { type UnitNames, unitNames } from '../../../state/event-names.ts';
import type { FunnelDefinition } from '../../../state/funnel-definition.ts';
import { BAR_FIELDS } from '../../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { bucketOf, calendarOf, spanOf } from '../../../state/span-of.ts';
import { standardFunnel } from '../../../state/standard-funnels.ts';
import { unfitFields } from '../../../state/unfit-fields.ts';
import { useReportedCost } from '../../../state/use-reported-cost.ts';
import { type FunnelStep, funnelSteps } from '../columns.ts';
import { type FunnelAsked, stepsQuestion, trendQuestion } from '../questions.ts';
import { eventsOf, useColumns } from '../use-funnel.ts';
import { type RuleChange, ruleChanges } from './changes.ts';

export interface RuleEffect extends RuleChange {
  question: Question | null;
  steps: FunnelStep[] | null;
}

/** A draft beside the funnel that it began from. */
export interface Builder {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  address: ViewAddress;
  calendar: Calendar;
  span: DateSpan;
  bucket: 'day' | 'week';
  base: FunnelDefinition;
  /** What the base is called. */
  baseName: string;
  draft: FunnelDefinition;
  units: UnitNames;
  questions: { base: Question; draft: Question; baseTrend: Question; draftTrend: Question };
  baseSteps: FunnelStep[] | null;
  draftSteps: FunnelStep[] | null;
  effects: RuleEffect[];
}

export function useBuilder(
  workspace: WorkspaceInfo,
  environment: EnvironmentInfo,
  address: ViewAddress,
  draft: FunnelDefinition,
): Builder {
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  const span = useMemo(() => spanOf(address.range, calendar), [address.range, calendar]);
  const { funnel } = address.funnels;
  const base = typeof funnel === 'string' ? standardFunnel(funnel).definition : funnel;
  const askedOf = (definition: FunnelDefinition): FunnelAsked => {
    const unfit = unfitFields(eventsOf(definition));
    return {
      address: { ...address, compare: 'none' },
      environment: environment.environment,
      span,
      definition,
      skipped: BAR_FIELDS.filter((field) => unfit[field] !== undefined),
    };
  };
  const changes = useMemo(() => ruleChanges(base, draft), [base, draft]);
  const questions = {
    base: useQuestion('builder.base', stepsQuestion(askedOf(base))),
    draft: useQuestion('builder.draft', stepsQuestion(askedOf(draft))),
    baseTrend: useQuestion('builder.base-trend', wholeTrend(askedOf(base))),
    draftTrend: useQuestion('builder.draft-trend', wholeTrend(askedOf(draft))),
  };
  const effectQuestions = useQuestions(
    changes.map(({ rule, definition }) => ({
      slot: `builder.effect-${rule}`,
      spec: definition === null ? null : stepsQuestion(askedOf(definition)),
    })),
  );
  useReportedCost([...Object.values(questions), ...effectQuestions]);
  return {
    workspace,
    environment,
    address,
    calendar,
    span,
    bucket: bucketOf(span),
    base,
    baseName: typeof funnel === 'string' ? standardFunnel(funnel).label : 'the funnel before',
    draft,
    units: unitNames(draft.unit),
    questions,
    baseSteps: useColumns(questions.base, funnelSteps),
    draftSteps: useColumns(questions.draft, funnelSteps),
    effects: changes.map((change, index) => {
      const question = effectQuestions[index] ?? null;
      return {
        ...change,
        question: change.definition === null ? null : question,
        steps: question === null || change.definition === null ? null : stepsIn(question, change.definition),
      };
    }),
  };
}

/** From the first step to the last; a single step has no trend. */
const wholeTrend = (asked: FunnelAsked) => {
  const last = asked.definition.steps.length - 1;
  return last === 0 ? null : trendQuestion(asked, 0, last);
};

function stepsIn({ state }: Question, definition: FunnelDefinition): FunnelStep[] | null {
  return state.good?.answer.kind === 'funnel' ? funnelSteps(state.good.answer, definition) : null;
}
