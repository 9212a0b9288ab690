import type { FunnelSpec } from '../../../../shared/query/kinds/funnel.ts';
import type { Try } from '../../kernels/js/funnel/rules.ts';
import type { Serving, UnitEvents, UnitRunner } from '../../kernels/js/funnel/unit-events.ts';
import { NumberList } from '../../kernels/js/lists.ts';
import type { GroupValue } from '../../plan/grouping.ts';
import type { Period } from '../../plan/period.ts';
import { bestByBucket } from './best-by-bucket.ts';
import type { NameMembers } from '../members.ts';

const SMALL_LIST = 16; // there is one list per step and breakdown value

/** What one breakdown value's funnel has counted so far. */
export class FunnelSlot {
  readonly counts: Float64Array;
  /** By step: milliseconds from the last step done before; empty for the first. */
  readonly waits: NumberList[];
  readonly entered: Float64Array;
  readonly converted: Float64Array;
  readonly times = new NumberList(SMALL_LIST);
  /** Unit numbers by step, or by bucket entered and then by bucket converted; empty unless asked for. */
  readonly members: number[][];

  constructor({ steps, show, members }: FunnelSpec, { axis }: Period) {
    const buckets = show === 'trend' ? axis.buckets : 0;
    this.counts = new Float64Array(steps.length);
    this.waits = steps.map(() => new NumberList(SMALL_LIST));
    this.entered = new Float64Array(buckets);
    this.converted = new Float64Array(buckets);
    const lists = !members ? 0 : show === 'trend' ? 2 * buckets : steps.length;
    this.members = Array.from({ length: lists }, () => []);
  }

  toPart(value: GroupValue | null, nameMembers: NameMembers): FunnelSlotPart {
    return {
      value,
      counts: this.counts,
      waits: this.waits.map((list) => list.view().slice()),
      entered: this.entered,
      converted: this.converted,
      times: this.times.view().slice(),
      members: this.members.map(nameMembers),
    };
  }
}

/** The same as plain data. */
export interface FunnelSlotPart {
  value: GroupValue | null;
  counts: Float64Array;
  waits: Float64Array[];
  entered: Float64Array;
  converted: Float64Array;
  times: Float64Array;
  members: string[][];
}

interface CountedUnit {
  number: number;
  spec: FunnelSpec;
  period: Period;
}

export function countInto(
  slot: FunnelSlot,
  runner: UnitRunner,
  events: UnitEvents,
  serving: Serving,
  unit: CountedUnit,
): void {
  if (unit.spec.show === 'trend') {
    countBuckets(slot, runner, events, serving, unit);
    return;
  }
  const best = runner.best(events, serving);
  if (best === null) return;
  if (unit.spec.show === 'time') countTime(slot, best, unit.spec);
  countSteps(slot, best, unit.number);
}

function countSteps(slot: FunnelSlot, { done, furthest, times }: Try, unit: number): void {
  let before = -1;
  for (let step = 0; step <= furthest; step++) {
    if (((done >>> step) & 1) === 0) continue;
    slot.counts[step] = (slot.counts[step] as number) + 1;
    slot.members[step]?.push(unit);
    if (before >= 0) slot.waits[step]?.push((times[step] as number) - (times[before] as number));
    before = step;
  }
}

function countTime(slot: FunnelSlot, { done, times }: Try, { fromStep, toStep, steps }: FunnelSpec): void {
  const to = toStep ?? steps.length - 1;
  if (((done >>> fromStep) & 1) === 0 || ((done >>> to) & 1) === 0) return;
  slot.times.push((times[to] as number) - (times[fromStep] as number));
}

function countBuckets(
  slot: FunnelSlot,
  runner: UnitRunner,
  events: UnitEvents,
  serving: Serving,
  { number, spec, period }: CountedUnit,
): void {
  const buckets = period.axis.buckets;
  for (const { bucket, isEntered, isConverted } of bestByBucket(runner, events, serving, { spec, period })) {
    if (bucket >= 0) slot.counts[0] = (slot.counts[0] as number) + 1; // size of the value: tries that count
    if (!isEntered) continue;
    slot.entered[bucket] = (slot.entered[bucket] as number) + 1;
    slot.members[bucket]?.push(number);
    if (!isConverted) continue;
    slot.converted[bucket] = (slot.converted[bucket] as number) + 1;
    slot.members[buckets + bucket]?.push(number);
  }
}
