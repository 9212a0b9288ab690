import type { PathLink, PathsContent } from '../../../shared/query/kind-answers.ts';
import type { JourneyPlace } from '../../state/journeys-address.ts';

/** Links between items as the columns of a flow: what came in, what went on, what was left. */

export interface FlowNode {
  column: number;
  item: string;
  /** Paths that are here. */
  count: number;
  /** Of them those that went on to a drawn item, or beyond the last column. */
  onward: number;
}

export interface Flow {
  nodes: FlowNode[];
  links: PathLink[];
  /** Paths with at least two items: all that leave the first column. */
  paths: number;
  remainder: PathsContent['remainder'];
  /** The same in the compared dates; null without a comparison. */
  then: { counts: ReadonlyMap<string, number>; paths: number } | null;
}

/** A link is the same where both its ends and its column are. */
export const linkKey = ({ step, source, target }: Pick<PathLink, 'step' | 'source' | 'target'>): string =>
  JSON.stringify([step, source, target]);

export function flowOf({ links, remainder, previous }: PathsContent & { previous?: PathsContent }): Flow {
  const nodes = new Map<string, FlowNode>();
  const at = (column: number, item: string): FlowNode => {
    const key = placeKey({ column, item });
    const node = nodes.get(key) ?? { column, item, count: 0, onward: 0 };
    nodes.set(key, node);
    return node;
  };
  for (const { source, step, count } of links) at(step, source).onward += count;
  for (const { target, step, count } of links) at(step + 1, target).count += count;
  for (const node of nodes.values()) if (node.column === 0) node.count = node.onward;
  return {
    nodes: [...nodes.values()].toSorted((a, b) => a.column - b.column || b.count - a.count || byText(a, b)),
    links: [...links],
    paths: pathsIn(links),
    remainder,
    then:
      previous === undefined
        ? null
        : {
            counts: new Map(previous.links.map((link) => [linkKey(link), link.count])),
            paths: pathsIn(previous.links),
          },
  };
}

const pathsIn = (links: readonly PathLink[]): number =>
  links.reduce((sum, { step, count }) => (step === 0 ? sum + count : sum), 0);

export const placeKey = ({ column, item }: JourneyPlace): string => `${column}:${item}`;

const byText = (a: FlowNode, b: FlowNode): number => (a.item < b.item ? -1 : 1);

/** Whether a link touches the chosen place. */
export const touches = (
  { source, target, step }: Pick<PathLink, 'source' | 'target' | 'step'>,
  chosen: JourneyPlace | null,
): boolean =>
  chosen !== null &&
  ((step === chosen.column && source === chosen.item) ||
    (step + 1 === chosen.column && target === chosen.item));
