import { useMemo, useRef } from 'react';
import {
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatQuantity,
} from '../../../shared/format/numbers.ts';
import { peopleMark } from '../../cohorts/people-offers.ts';
import { layOutSankey, NODE_PX, type PlacedNode, type SankeyLink } from '../../charts/sankey.ts';
import { useSize } from '../../charts/use-size.ts';
import { noteMark } from '../../notes/note-mark.ts';
import { seriesAnchor } from '../../notes/table-mark.ts';
import type { JourneyPlace } from '../../state/journeys-address.ts';
import { type Flow, touches } from './columns.ts';
import { linkMark, placeMark } from './people-offers.ts';

interface SankeyChartProps {
  flow: Flow;
  columns: number;
  nameOf: (item: string) => string;
  chosen: JourneyPlace | null;
  onChoose: (place: JourneyPlace | null) => void;
}

const HEAD_PX = 20;
const REMAINDER_PX = 30;
const LABEL_PX = 172;
const MOST_NODES = 8;
const NODE_ROOM_PX = 46; // a name, and as much again for what passes
const ORDINALS = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth'] as const;

/** Flows in grey, those of the chosen place in the colour of selection; names beside the nodes are buttons. */
export function SankeyChart({ flow, columns, nameOf, chosen, onChoose }: SankeyChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const { width = 0, height = 0 } = size ?? {};
  const placed = useMemo(
    () =>
      layOutSankey(flow.nodes, flow.links, {
        width,
        height: Math.max(40, height - HEAD_PX - REMAINDER_PX),
        columns,
        mostNodes: Math.max(3, Math.min(MOST_NODES, Math.floor(height / NODE_ROOM_PX))),
        endPx: LABEL_PX,
      }),
    [flow, width, height, columns],
  );
  const { remainder } = flow;
  return (
    <div ref={host} className="sankey" role="group" aria-label="Paths" tabIndex={0} data-chart-area>
      {width > 0 && (
        <>
          {placed.nodes
            .filter(({ y }) => y === 0)
            .map(({ column, x }) => (
              <span key={column} className="sankey-head" style={{ left: x }}>
                {ORDINALS[column]}
              </span>
            ))}
          <svg className="sankey-flows" width={width} height={height} aria-hidden="true">
            <g transform={`translate(0 ${HEAD_PX})`}>
              {placed.links.map(({ links, path }) => (
                <path
                  key={path}
                  d={path}
                  {...peopleMark(markOf(links))}
                  data-chosen={links.some((link) => touches(link, chosen))}
                />
              ))}
              {placed.nodes.map(({ column, item, x, y, height: tall }) => (
                <rect key={`${column}:${item ?? ''}`} x={x} y={y} width={NODE_PX} height={tall} />
              ))}
            </g>
          </svg>
          {placed.nodes.map((node) => (
            <NodeLabel
              key={`${node.column}:${node.item ?? ''}`}
              node={node}
              paths={flow.paths}
              name={node.item === null ? `Other, ${formatQuantity(node.items, 'item')}` : nameOf(node.item)}
              width={columnRoom(width, columns)}
              isChosen={chosen !== null && node.column === chosen.column && node.item === chosen.item}
              onChoose={onChoose}
            />
          ))}
          {remainder.count > 0 && (
            <p className="sankey-remainder">
              <span className="sankey-hatch" aria-hidden="true" />
              Beyond the last column: {formatQuantity(remainder.count, 'step')} in{' '}
              {formatQuantity(remainder.links, 'link')}.
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** A flow that several links are drawn as is no single one. */
const markOf = ([link, ...others]: readonly SankeyLink[]): string | null =>
  link === undefined || others.length > 0 ? null : linkMark(link);

const columnRoom = (width: number, columns: number): number =>
  Math.max(60, (width - LABEL_PX) / Math.max(1, columns - 1) - NODE_PX - 16);

function markOfNode(item: string, name: string, count: number) {
  const anchor = seriesAnchor(item);
  return anchor === null ? {} : noteMark({ anchor, label: name, value: count, interval: null, n: null });
}

interface NodeLabelProps {
  node: PlacedNode;
  paths: number;
  name: string;
  width: number;
  isChosen: boolean;
  onChoose: (place: JourneyPlace | null) => void;
}

function NodeLabel({ node, paths, name, width, isChosen, onChoose }: NodeLabelProps) {
  const { column, item, count, x, y } = node;
  const figures = `${formatCompact(count)}, ${formatPercentNumber(paths === 0 ? null : count / paths, count * 100 < paths ? 1 : 0)}%`;
  const place = { left: x + NODE_PX + 6, top: HEAD_PX + y - 3, maxWidth: Math.min(width, LABEL_PX - 16) };
  const text = (
    <>
      <span className="sankey-name">{name}</span> <span className="sankey-count">{figures}</span>
    </>
  );
  if (item === null) {
    return (
      <span className="sankey-label" style={place} title={`${name}: ${formatCount(count)}`}>
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      className="sankey-label"
      style={place}
      data-column={column}
      data-item={item}
      {...peopleMark(placeMark({ column, item }))}
      aria-pressed={isChosen}
      {...markOfNode(item, name, count)}
      title={`${name}: ${formatCount(count)} of ${formatCount(paths)} paths`}
      onClick={() => {
        onChoose(isChosen ? null : { column, item });
      }}
    >
      {text}
    </button>
  );
}
