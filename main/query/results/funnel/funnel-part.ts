import { type FunnelSpec, windowMs } from '../../../../shared/query/kinds/funnel.ts';
import type { FunnelRules } from '../../kernels/js/funnel/rules.ts';
import { type Serving, type UnitEvents, UnitRunner } from '../../kernels/js/funnel/unit-events.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { firstMatches } from '../../plan/first-matches.ts';
import { Grouping } from '../../plan/grouping.ts';
import { type Part, WHOLE } from '../../plan/part.ts';
import type { Period } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { type Unit, unitOf } from '../../plan/units.ts';
import { readTimeline, type Role, type Timeline } from '../../timeline/timeline.ts';
import type { ValuePass } from '../expand-parts.ts';
import { createNameMembers } from '../members.ts';
import type { PartStep } from '../parts.ts';
import { EVERYTHING, slotNumbers, SlotTable } from '../slots.ts';
import { attributionOf } from './attribution.ts';
import { countInto, FunnelSlot, type FunnelSlotPart } from './funnel-slot.ts';

/** Counts the funnels of a share of the units, by breakdown value. */
export const funnelPart: PartStep<FunnelSpec, ValuePass, FunnelSlotPart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  const unit = await unitOf(question, spec.unit);
  const groupings = { values: new Grouping(question.breakdown), held: heldGrouping(spec) };
  const timeline = await readTimeline(question, {
    unit: unit.ids,
    isUser: unit.isUser,
    fromMs: period.startMs,
    toMs: period.endMs,
    roles: await rolesOf(question, spec, unit.isUser ? part : WHOLE),
    // at one instant the smaller event id is the first: of two values the first touch is not left to storage
    isOrdered: spec.breakdown !== null || groupings.held !== null,
    groupings: [groupings.values, ...(groupings.held === null ? [] : [groupings.held])],
    part,
  });
  return countUnits(question, spec, period, { unit, timeline, groupings, pass });
};

const heldGrouping = ({ holdConstant }: FunnelSpec): Grouping | null =>
  holdConstant.length === 0
    ? null
    : new Grouping(holdConstant.map((property) => ({ kind: 'event', property })));

/** Steps, then exclusions; last, in a strict funnel, whatever else passes its filters: it lies between two steps. */
async function rolesOf(
  question: Question,
  { steps, exclusions, order, filters }: FunnelSpec,
  part: Part,
): Promise<Role[]> {
  const { compiler } = question;
  const roles: Role[] = [];
  for (const step of steps) {
    const match = matchEvents(step, { compiler, filters });
    const only = step.first === undefined ? undefined : await firstMatches(question, step, step.first, part);
    roles.push({ match, ...(only === undefined ? {} : { only }) });
  }
  const others = order === 'strict' ? [...exclusions, { event: null }] : exclusions;
  return [...roles, ...others.map((ref) => ({ match: matchEvents(ref, { compiler, filters }) }))];
}

export function rulesOf(spec: FunnelSpec): FunnelRules {
  const last = spec.steps.length - 1;
  return {
    steps: spec.steps.length,
    order: spec.order,
    windowMs: windowMs(spec),
    optional: spec.steps.reduce((bits, step, index) => (step.optional ? bits | (1 << index) : bits), 0),
    exclusions: spec.exclusions.map(({ after, before }) => ({ after, before: before ?? last })),
  };
}

interface Gathered {
  unit: Unit;
  timeline: Timeline;
  groupings: { values: Grouping; held: Grouping | null };
  pass: ValuePass;
}

const EVENTS_PER_BREATH = 50_000;

async function countUnits(
  question: Question,
  spec: FunnelSpec,
  period: Period,
  { unit, timeline, groupings, pass }: Gathered,
): Promise<FunnelSlotPart[]> {
  const rules = rulesOf(spec);
  const isMissing = missingTest(groupings.held);
  const runner = new UnitRunner(rules, isMissing);
  const [groups = new Int32Array(0), holds = null] = timeline.groups;
  const numbers = slotNumbers(groupings.values, pass);
  const attribution = attributionOf(spec, rules, runner, { groups, numbers });
  const slots = new SlotTable(numbers, () => new FunnelSlot(spec, period));
  let walked = 0;
  const isBreathDue = (): boolean => {
    walked += events.to - events.from;
    if (walked < EVENTS_PER_BREATH) return false;
    walked = 0;
    return true;
  };
  const events: UnitEvents = { from: 0, to: 0, tsMs: timeline.tsMs, masks: timeline.masks, holds };
  for (let index = 0; index < timeline.units.length; index++) {
    events.from = timeline.starts[index] as number;
    events.to = timeline.starts[index + 1] as number;
    const number = timeline.units[index] as number;
    const count = (slot: number, serving: Serving): void =>
      countInto(slots.of(slot), runner, events, serving, { number, period, spec });
    if (numbers.countsEverything) count(EVERYTHING, null);
    for (const found of attribution?.(events) ?? []) {
      if (found !== null) count(...found);
      if (isBreathDue()) await question.pace.breathe();
    }
    if (isBreathDue()) await question.pace.breathe();
  }
  const nameMembers = createNameMembers(unit, question.mostMembers);
  return [...slots.entries()].map(([slot, counted]) => counted.toPart(numbers.valueOf(slot), nameMembers));
}

/** Whether a held value lacks one of its properties. */
function missingTest(held: Grouping | null): (hold: number) => boolean {
  if (held === null) return () => false;
  return (hold) => held.values[hold]?.includes(null) ?? true;
}
