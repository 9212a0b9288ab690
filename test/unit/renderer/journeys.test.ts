import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutSankey } from '../../../renderer/charts/sankey.ts';
import { DEFAULT_ADDRESS, formatAddress, parseAddress } from '../../../renderer/state/address.ts';
import { JOURNEY_ITEMS } from '../../../renderer/state/journeys-address.ts';
import { flowOf, touches } from '../../../renderer/views/journeys/columns.ts';
import { describeJourneys } from '../../../renderer/views/journeys/words.ts';

const link = (step: number, source: string, target: string, count: number) => ({
  step,
  source,
  target,
  count,
  meanSeconds: 1,
});
const NO_REMAINDER = { links: 0, count: 0 };

describe('links as a flow', () => {
  it('count what came in, what went on and what began', () => {
    const flow = flowOf({
      links: [link(0, 'a', 'b', 5), link(0, 'c', 'b', 2), link(1, 'b', 'a', 4)],
      remainder: { links: 1, count: 3 },
    });
    expect(flow.paths).toBe(7);
    expect(flow.nodes).toEqual([
      { column: 0, item: 'a', count: 5, onward: 5 },
      { column: 0, item: 'c', count: 2, onward: 2 },
      { column: 1, item: 'b', count: 7, onward: 4 },
      { column: 2, item: 'a', count: 4, onward: 0 },
    ]);
    expect(flow.links.filter((each) => touches(each, { column: 1, item: 'b' }))).toHaveLength(3);
    expect(flow.links.filter((each) => touches(each, { column: 2, item: 'b' }))).toHaveLength(0);
  });

  it('are told by their most frequent first step', () => {
    const flow = flowOf({
      links: [link(0, '/home', '/library', 3), link(0, '/home', '/invite', 1)],
      remainder: NO_REMAINDER,
    });
    const options = { start: null, nameOf: (item: string) => item, hasFilters: false };
    expect(describeJourneys(flow, options)).toEqual({
      lead: '75% of paths begin /home, then /library.',
      rest: ' Of 4 paths with two items or more, 0 have a third.',
    });
    expect(describeJourneys(flow, { ...options, start: '/home' }).lead).toBe(
      'After /home, 75% go to /library.',
    );
    expect(describeJourneys(flowOf({ links: [], remainder: NO_REMAINDER }), options).lead).toBe(
      'Nobody went on in these dates.',
    );
  });
});

describe('the layout of a flow', () => {
  const options = { width: 900, height: 400, columns: 3, mostNodes: 5, endPx: 150 };
  const items = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const links = fc.uniqueArray(
    fc.record({ step: fc.nat(1), source: items, target: items, count: fc.integer({ min: 1, max: 500 }) }),
    { minLength: 1, maxLength: 40, selector: ({ step, source, target }) => `${step}${source}${target}` },
  );

  it('keeps every path: columns and links hold what was given, nothing overlaps or leaves the frame', () => {
    fc.assert(
      fc.property(links, (given) => {
        const flow = flowOf({
          links: given.map((each) => ({ ...each, meanSeconds: 0 })),
          remainder: NO_REMAINDER,
        });
        const placed = layOutSankey(flow.nodes, flow.links, options);
        for (const column of [0, 1, 2]) {
          const own = placed.nodes.filter((node) => node.column === column).toSorted((a, b) => a.y - b.y);
          const count = flow.nodes
            .filter((node) => node.column === column)
            .reduce((sum, node) => sum + node.count, 0);
          expect(own.reduce((sum, node) => sum + node.count, 0)).toBe(count);
          expect(own.length).toBeLessThanOrEqual(options.mostNodes);
          own.forEach((node, index) => {
            const next = own[index + 1];
            if (next !== undefined) expect(next.y).toBeGreaterThanOrEqual(node.y + node.height + 23.9);
            expect(node.y + node.height).toBeLessThanOrEqual(options.height + options.mostNodes);
          });
        }
        expect(placed.links.reduce((sum, { count }) => sum + count, 0)).toBe(
          given.reduce((sum, { count }) => sum + count, 0),
        );
      }),
    );
  });

  it('joins the small ones of a column into one, and says how many', () => {
    const many = Array.from({ length: 9 }, (_, index) => link(0, `i${index}`, 'z', 10 + index));
    const flow = flowOf({ links: many, remainder: NO_REMAINDER });
    const first = layOutSankey(flow.nodes, flow.links, options).nodes.filter(({ column }) => column === 0);
    expect(first.map(({ item, items: joined }) => [item, joined])).toEqual([
      ['i8', 1],
      ['i7', 1],
      ['i6', 1],
      ['i5', 1],
      [null, 5],
    ]);
  });
});

describe('the address of Journeys', () => {
  it('gives back every state that it was made from', () => {
    const states = fc.record({
      items: fc.constantFrom(...JOURNEY_ITEMS),
      start: fc.option(fc.string({ minLength: 1, maxLength: 30 })),
      steps: fc.integer({ min: 2, max: 6 }),
      chosen: fc.option(fc.record({ column: fc.nat(5), item: fc.string({ minLength: 1, maxLength: 30 }) })),
    });
    fc.assert(
      fc.property(states, (journeys) => {
        const address = { ...DEFAULT_ADDRESS, view: 'journeys' as const, journeys };
        expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
      }),
    );
  });
});
