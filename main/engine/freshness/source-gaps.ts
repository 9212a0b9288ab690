import type { Zone } from '../../../shared/time/zone.ts';
import { meets, type TimeSpan } from '../sync/time-span.ts';
import type { Arrivals } from './arrivals.ts';
import { familyOf } from './event-families.ts';
import { findGaps, type FoundGap } from './find-gaps.ts';
import { sumOfSeries } from './minute-series.ts';

/** A gap of one source. */
export interface SourceGap extends FoundGap {
  /** Sorted; null: all that the source carries. */
  eventTypes: string[] | null;
}

export interface SourceGapSearch {
  /** Of the source alone, from HISTORY_MS before the search on. */
  arrivals: readonly Arrivals[];
  search: TimeSpan;
  zone: Zone;
  /** Gaps that are known from before the search. */
  known: readonly (TimeSpan & Pick<SourceGap, 'eventTypes'>)[];
}

/** Beyond so many event types only the commonest are looked at one by one. */
const MOST_TYPES = 60;
/** So much of a gap within a wider one says nothing new; so much of two gaps in common makes them one. */
const COVERED_SHARE = 0.5;

/** Gaps of a whole source, then of its event families, then of single event types; each silence once, at its widest. */
export function findSourceGaps({ arrivals, search, zone, known }: SourceGapSearch): SourceGap[] {
  const found: SourceGap[] = [];
  for (const group of groupsOf(arrivals)) {
    const isOfGroup = (types: readonly string[] | null): boolean =>
      types === null || group.types.every((type) => types.includes(type));
    const gaps = findGaps({
      series: sumOfSeries(group.arrivals),
      search,
      zone,
      known: known.filter(({ eventTypes }) => isOfGroup(eventTypes)),
    });
    const wider = [...found];
    for (const gap of gaps) {
      if (wider.some((one) => isOfGroup(one.eventTypes) && isMostly(gap, one))) continue;
      join(found, { ...gap, eventTypes: group.level === 'source' ? null : group.types });
    }
  }
  return found.sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
}

interface Group {
  level: 'source' | 'family' | 'type';
  types: string[];
  arrivals: Arrivals[];
}

function groupsOf(arrivals: readonly Arrivals[]): Group[] {
  const bySize = [...arrivals].sort((a, b) => b.minutes.length - a.minutes.length).slice(0, MOST_TYPES);
  const groupOf = (level: Group['level'], members: readonly Arrivals[]): Group => ({
    level,
    types: members.map(({ eventType }) => eventType).sort(),
    arrivals: [...members],
  });
  const families = Map.groupBy(arrivals, ({ eventType }) => familyOf(eventType));
  const groups = [
    groupOf('source', arrivals),
    ...[...families.values()].map((members) => groupOf('family', members)),
    ...bySize.map((one) => groupOf('type', [one])),
  ];
  // a source of one family, and a family of one type, are looked at once
  return groups.filter(
    (group, index) => groups.findIndex(({ types }) => types.join('\n') === group.types.join('\n')) === index,
  );
}

const overlapMs = (a: TimeSpan, b: TimeSpan): number =>
  Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));

const isMostly = (gap: TimeSpan, within: TimeSpan): boolean =>
  overlapMs(gap, within) >= COVERED_SHARE * (gap.toMs - gap.fromMs);

/** Types that fall silent together have one gap. */
function join(found: SourceGap[], gap: SourceGap): void {
  const { eventTypes } = gap;
  const same = found.find(
    (one) =>
      eventTypes !== null &&
      one.eventTypes !== null &&
      meets(one, gap) &&
      isMostly(one, gap) &&
      isMostly(gap, one),
  );
  if (same?.eventTypes == null || eventTypes === null) {
    found.push(gap);
    return;
  }
  same.fromMs = Math.min(same.fromMs, gap.fromMs);
  same.toMs = Math.max(same.toMs, gap.toMs);
  same.expected += gap.expected;
  same.arrived += gap.arrived;
  same.eventTypes = [...new Set([...same.eventTypes, ...eventTypes])].sort();
}
