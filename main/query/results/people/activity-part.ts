import type { EventRef, Filter } from '../../../../shared/query/filter.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { Grouping } from '../../plan/grouping.ts';
import type { Question } from '../../plan/question.ts';
import { type Unit, userUnit } from '../../plan/units.ts';
import type { Part } from '../../plan/part.ts';
import { cellsBuffer, cellsOf, fitsPresence, readPresence } from '../../timeline/presence.ts';
import { readTimeline } from '../../timeline/timeline.ts';
import type { ValuePass } from '../expand-parts.ts';
import { eventsBySlot, type SlotNumbers, slotNumbers } from '../slots.ts';

/** What lifecycle and stickiness look at: when each user did something. */
export interface ActivityRequest {
  event: EventRef;
  filters: readonly Filter[];
  fromMs: number;
  toMs: number;
  pass: ValuePass;
  part: Part;
}

/** Times of one user's events in one slot, in order; valid until the next visit. */
export type VisitUser = (slot: number, user: number, tsMs: Float64Array) => void;

/** The cells of time in which a user did something, in order: the first `count` of `cells`. */
export type VisitPresent = (user: number, cells: Int32Array, count: number) => void;

const USERS_PER_BREATH = 512;

/** Whether a question only asks who was there when, of everybody at once, and that is little enough to hold. */
export const asksPresence = (question: Question, edges: readonly number[]): boolean =>
  question.breakdown.length === 0 && fitsPresence(question, edges);

/** Users by the cells of time in which they did something; those who did nothing are not visited. */
export async function visitPresent(
  question: Question,
  { event, filters, part }: Pick<ActivityRequest, 'event' | 'filters' | 'part'>,
  edges: readonly number[],
  visit: VisitPresent,
): Promise<void> {
  const match = matchEvents(event, { compiler: question.compiler, filters });
  const presence = await readPresence(question, { match, edges, part });
  const cells = cellsBuffer(presence);
  for (let user = 1; user <= presence.users; user++) {
    const count = cellsOf(presence, user, cells);
    if (count > 0) visit(user, cells, count);
    if (user % (USERS_PER_BREATH * 8) === 0) await question.pace.breathe();
  }
}

export async function visitUsers(
  question: Question,
  request: ActivityRequest,
  visitorOf: (numbers: SlotNumbers, unit: Unit) => VisitUser,
): Promise<void> {
  const { event, filters, fromMs, toMs, part } = request;
  const values = new Grouping(question.breakdown);
  const unit = userUnit(question.view);
  const timeline = await readTimeline(question, {
    unit: unit.ids,
    isUser: true,
    fromMs,
    toMs,
    roles: [{ match: matchEvents(event, { compiler: question.compiler, filters }) }],
    groupings: [values],
    part,
  });
  const numbers = slotNumbers(values, request.pass);
  const { tsMs } = timeline;
  const [groups = new Int32Array(0)] = timeline.groups;
  const visit = visitorOf(numbers, unit);
  for (let index = 0; index < timeline.units.length; index++) {
    const [from, to] = [timeline.starts[index] as number, timeline.starts[index + 1] as number];
    const user = timeline.units[index] as number;
    for (const [slot, events] of eventsBySlot(numbers, groups, from, to))
      visit(slot, user, events === null ? tsMs.subarray(from, to) : pickNumbers(tsMs, events));
    if (index % USERS_PER_BREATH === 0) await question.pace.breathe();
  }
}

const pickNumbers = (values: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, (row) => values[row] as number);
