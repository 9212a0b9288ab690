import type { Expanded } from '../../../../shared/query/answer.ts';
import type { PathLink, PathsContent } from '../../../../shared/query/kind-answers.ts';
import type { PathsSpec } from '../../../../shared/query/kinds/paths.ts';
import { Path, type PathRules, type PathVisitor, visitPath } from '../../kernels/js/cut-path.ts';
import { LinkCounts } from '../../kernels/js/link-counts.ts';
import { eventTypesOf, matchEvents } from '../../plan/event-match.ts';
import { Grouping, type GroupValue } from '../../plan/grouping.ts';
import type { PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { userUnit } from '../../plan/units.ts';
import { readTimeline, type Timeline } from '../../timeline/timeline.ts';
import { comparePeriods, expandParts, type ValuePass } from '../expand-parts.ts';
import type { PartStep } from '../parts.ts';
import { eventsBySlot, slotNumbers, SlotTable } from '../slots.ts';
import { GAP_ITEM, itemGroupings, itemNamer, PathItems, withoutSlash } from './path-items.ts';

export function answerPaths(
  question: Question,
  spec: PathsSpec,
  options: PeriodOptions,
): Promise<Expanded<PathsContent>> {
  for (const item of spec.items) question.reads(eventTypesOf(item));
  return comparePeriods(spec, options, (period) =>
    expandParts<PathsPart, PathsContent>(question, spec.breakdown, period, {
      step: 'paths',
      contentOf,
      unitsOf: (parts) => parts.reduce((sum, { links, hidden }) => sum + countOf(links) + countOf(hidden), 0),
    }),
  );
}

interface CountedLink {
  step: number;
  source: string;
  target: string;
  count: number;
  waitMs: number;
}

interface PathsPart {
  value: GroupValue | null;
  links: CountedLink[];
  hidden: CountedLink[];
}

const countOf = (links: readonly CountedLink[]): number => links.reduce((sum, { count }) => sum + count, 0);

const MS_PER_SECOND = 1000;

function contentOf(parts: readonly PathsPart[]): PathsContent {
  const links = addUp(parts.flatMap((part) => part.links));
  const hidden = addUp(parts.flatMap((part) => part.hidden));
  return {
    links: links
      .map(({ step, source, target, count, waitMs }) => ({
        source,
        target,
        step,
        count,
        meanSeconds: waitMs / count / MS_PER_SECOND,
      }))
      .sort(byCount),
    remainder: { links: hidden.length, count: countOf(hidden) },
  };
}

function addUp(links: readonly CountedLink[]): CountedLink[] {
  const byKey = new Map<string, CountedLink>();
  for (const link of links) {
    const key = JSON.stringify([link.step, link.source, link.target]);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { ...link });
    else {
      known.count += link.count;
      known.waitMs += link.waitMs;
    }
  }
  return [...byKey.values()];
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byCount = (a: PathLink, b: PathLink): number =>
  b.count - a.count || a.step - b.step || byText(a.source, b.source) || byText(a.target, b.target);

const USERS_PER_BREATH = 512;
const MS_PER_MINUTE = 60_000;

export const pathsPart: PartStep<PathsSpec, ValuePass, PathsPart[]> = async (
  question,
  spec,
  period,
  pass,
  part,
) => {
  const values = new Grouping(question.breakdown);
  const { groupings, groupingOf } = itemGroupings(spec);
  const timeline = await readTimeline(question, {
    unit: userUnit(question.view).ids,
    isUser: true,
    fromMs: period.startMs,
    toMs: period.endMs,
    roles: spec.items.map((item) => ({
      match: matchEvents(item, { compiler: question.compiler, filters: spec.filters }),
    })),
    isOrdered: true,
    groupings: [values, ...groupings],
    part,
  });
  const items = new PathItems();
  const itemOf = itemNumbers(spec, timeline, { groupings, groupingOf, items });
  const rules = rulesOf(spec, items);
  const numbers = slotNumbers(values, pass);
  const [groups = new Int32Array(0)] = timeline.groups;
  const slots = new SlotTable(numbers, createCounts);
  const walk = new PathWalk(timeline.tsMs, itemOf, rules, spec.gapMinutes * MS_PER_MINUTE);
  for (let index = 0; index < timeline.units.length; index++) {
    const [from, to] = [timeline.starts[index] as number, timeline.starts[index + 1] as number];
    for (const [slot, events] of eventsBySlot(numbers, groups, from, to)) {
      const { visitor } = slots.of(slot);
      if (events === null) for (let event = from; event < to; event++) walk.step(event, visitor);
      else for (const event of events) walk.step(event, visitor);
      walk.end(visitor);
    }
    if (index % USERS_PER_BREATH === 0) await question.pace.breathe();
  }
  return [...slots.entries()].map(([slot, { links, hidden }]) => ({
    value: numbers.valueOf(slot),
    links: listLinks(links, items),
    hidden: listLinks(hidden, items),
  }));
};

/** What one breakdown value has counted so far. */
function createCounts(): { links: LinkCounts; hidden: LinkCounts; visitor: PathVisitor } {
  const links = new LinkCounts();
  const hidden = new LinkCounts();
  return {
    links,
    hidden,
    visitor: {
      drawn: (step, source, target, waitMs) => links.add(step, source, target, waitMs),
      hidden: (position, source, target) => hidden.add(position, source, target, 0),
    },
  };
}

function rulesOf({ start, end, steps }: PathsSpec, items: PathItems): PathRules {
  return {
    start: start === null ? -1 : items.numberOf(withoutSlash(start)),
    end: end === null ? -1 : items.numberOf(withoutSlash(end)),
    steps,
    gapItem: items.numberOf(GAP_ITEM),
  };
}

const UNKNOWN = -2;

/** Item of an event: of the first entry that it fits; −1: none. Each value is named once. */
function itemNumbers(
  spec: PathsSpec,
  { masks, groups }: Timeline,
  { groupings, groupingOf, items }: { groupings: Grouping[]; groupingOf: number[]; items: PathItems },
): (event: number) => number {
  const name = itemNamer(spec);
  const known = groupings.map(({ values }) => new Int32Array(values.length).fill(UNKNOWN));
  const nameOne = (grouping: number, group: number): number => {
    const text = name(groupings[grouping]?.values[group]?.[0] ?? null);
    return text === null ? -1 : items.numberOf(text);
  };
  return (event) => {
    const mask = masks[event] as number;
    const grouping = groupingOf[31 - Math.clz32(mask & -mask)] as number;
    const group = (groups[1 + grouping] as Int32Array)[event] as number;
    const numbers = known[grouping] as Int32Array;
    let item = numbers[group] as number;
    if (item === UNKNOWN) numbers[group] = item = nameOne(grouping, group);
    return item;
  };
}

/** Cuts a user's events, one after the other, into paths: a pause of the gap or longer begins a new one. */
class PathWalk {
  readonly #tsMs: Float64Array;
  readonly #itemOf: (event: number) => number;
  readonly #rules: PathRules;
  readonly #gapMs: number;
  readonly #path = new Path();
  #lastMs = Infinity;

  constructor(tsMs: Float64Array, itemOf: (event: number) => number, rules: PathRules, gapMs: number) {
    this.#tsMs = tsMs;
    this.#itemOf = itemOf;
    this.#rules = rules;
    this.#gapMs = gapMs;
  }

  step(event: number, visitor: PathVisitor): void {
    const item = this.#itemOf(event);
    if (item < 0) return;
    const tsMs = this.#tsMs[event] as number;
    if (tsMs - this.#lastMs >= this.#gapMs) this.end(visitor);
    this.#path.push(item, tsMs);
    this.#lastMs = tsMs;
  }

  /** The user's events are over. */
  end(visitor: PathVisitor): void {
    visitPath(this.#path, this.#rules, visitor);
    this.#path.clear();
    this.#lastMs = Infinity;
  }
}

function listLinks(links: LinkCounts, items: PathItems): CountedLink[] {
  const found: CountedLink[] = [];
  links.forEach(({ step, source, target, count, waitMs }) => {
    found.push({ step, source: items.textOf(source), target: items.textOf(target), count, waitMs });
  });
  return found;
}
