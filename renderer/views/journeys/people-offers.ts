import { formatQuantity } from '../../../shared/format/numbers.ts';
import type { EventRef } from '../../../shared/query/filter.ts';
import type { PathLink } from '../../../shared/query/kind-answers.ts';
import { didDefinition } from '../../cohorts/did-offer.ts';
import type { PeopleOffer } from '../../cohorts/people-offers.ts';
import type { JourneyPlace } from '../../state/journeys-address.ts';
import { commonParts } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { type Flow, linkKey, placeKey } from './columns.ts';
import { GAP_MINUTES, ITEM_SOURCES } from './questions.ts';

/** Whom a place or a link of the flow counts. Paths are counted; a cohort holds the people who took them. */
export const placeMark = (place: JourneyPlace): string => `place:${placeKey(place)}`;
export const linkMark = (link: Pick<PathLink, 'step' | 'source' | 'target'>): string =>
  `link:${linkKey(link)}`;

interface Offering {
  base: ViewBase;
  flow: Flow | null;
  nameOf: (item: string) => string;
}

export function journeyOffersAt({ base, flow, nameOf }: Offering, key: string): PeopleOffer[] {
  const node = flow?.nodes.find((each) => placeMark(each) === key);
  if (node !== undefined) {
    const name = nameOf(node.item);
    return [
      {
        label: `the people of ${formatQuantity(node.count, 'path')} at ${name}`,
        name: `Was at ${name}`,
        definition: didDefinition({
          ...commonParts(base.asked, base.skipped),
          range: base.span,
          event: itemRef(base, node.item),
        }),
        note: 'Wherever on their way, also where it was the only thing they did.',
      },
    ];
  }
  const link = flow?.links.find((each) => linkMark(each) === key);
  if (link === undefined) return [];
  const way = `${nameOf(link.source)} to ${nameOf(link.target)}`;
  return [
    {
      label: `the people of ${formatQuantity(link.count, 'path')} from ${way}`,
      name: `From ${way}`,
      definition: { question: linkQuestion(base, link, nameOf), cell: { step: 1, dropped: false } },
      note: 'Wherever on their way they took this step, not in this column only.',
    },
  ];
}

export const allJourneyOffers = (offering: Offering): PeopleOffer[] =>
  (offering.flow?.links ?? [])
    .slice(0, MOST_LISTED)
    .flatMap((link) => journeyOffersAt(offering, linkMark(link)));

const MOST_LISTED = 40;

/** A link is a strict funnel of two items within the pause that ends a path; only items count as something between. */
function linkQuestion(
  base: ViewBase,
  { source, target }: PathLink,
  nameOf: (item: string) => string,
): Record<string, unknown> {
  const { event } = ITEM_SOURCES[base.address.journeys.items];
  const parts = commonParts(base.asked, base.skipped);
  return {
    kind: 'funnel',
    ...parts,
    filters: [
      ...parts.filters,
      ...(event === null ? [] : [{ property: 'event_type', op: 'is', value: event }]),
    ],
    order: 'strict',
    window: { value: GAP_MINUTES, unit: 'minute' },
    steps: [source, target].map((item) => ({ ...itemRef(base, item), name: nameOf(item) })),
  };
}

/** The events that are this item; one that ends in "/" is the same as one that does not. */
function itemRef(base: ViewBase, item: string): EventRef {
  const { event, by } = ITEM_SOURCES[base.address.journeys.items];
  if (by === null) return { event: item };
  return { event, filters: [{ property: by, op: 'is', value: item === '/' ? item : [item, `${item}/`] }] };
}
