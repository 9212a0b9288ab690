import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { noteMark } from '../../notes/note-mark.ts';
import { seriesAnchor } from '../../notes/table-mark.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { eventLabel } from '../../state/event-names.ts';
import { requiredBefore } from './columns.ts';
import { NEXT_WITHIN_MINUTES } from './next-questions.ts';
import type { Funnel } from './use-funnel.ts';
import { type NextEvents, useNext } from './use-next.ts';
import './next.css';

const DRAWN_ROWS = 5;

interface NextRow {
  name: string;
  count: number;
}

/** What those did who did not come to `step`. */
export function NextTile({ funnel, step }: { funnel: Funnel; step: number }) {
  const next = useNext(funnel, step);
  const before = requiredBefore(funnel.definition, step) ?? 0;
  const rows = rowsOf(next);
  const n = next.known?.n ?? 0;
  const isPeople = next.plan.of === 'people';
  return (
    <Tile
      id="funnel-next"
      title="What they did next"
      subtitle={isPeople ? `first other event after step ${before + 1}` : `after step ${before + 1}`}
      summary={summaryOf(rows, n)}
      questions={next.questions}
      lateEffect="What they did in the last hours may be missing."
      empty={null}
      chart={
        next.reason === null ? (
          <NextList rows={folded(rows)} n={n} />
        ) : (
          <p className="next-note">{next.reason}</p>
        )
      }
      table={
        <DataTable
          caption="What they did next"
          columns={[
            { key: 'event', label: 'Next event', isHead: true, text: ({ name }) => name },
            { key: 'count', label: 'Count', isNumber: true, text: ({ count }) => formatCount(count) },
            { key: 'share', label: '%', isNumber: true, text: ({ count }) => shareText(count, n) },
          ]}
          rows={rows}
          rowKey={({ name }) => name}
        />
      }
    />
  );
}

function rowsOf({ known, plan }: NextEvents): NextRow[] {
  if (known === null) return [];
  const nothing =
    plan.of === 'people'
      ? 'Nothing else in these dates'
      : `Nothing else within ${NEXT_WITHIN_MINUTES} min*${known.remainder > 0 ? ', or not followed' : ''}`;
  return [
    ...known.rows.map(({ event, count }) => ({ name: eventLabel(event), count })),
    ...(known.nothing > 0 ? [{ name: nothing, count: known.nothing }] : []),
  ].toSorted((a, b) => b.count - a.count);
}

/** The largest rows; the others as one that says how many it stands for. */
function folded(rows: readonly NextRow[]): NextRow[] {
  if (rows.length <= DRAWN_ROWS + 1) return [...rows];
  const others = rows.slice(DRAWN_ROWS);
  return [
    ...rows.slice(0, DRAWN_ROWS),
    {
      name: `Other, ${formatCount(others.length)} events`,
      count: others.reduce((sum, { count }) => sum + count, 0),
    },
  ];
}

const shareText = (count: number, n: number): string => (n === 0 ? '–' : formatRate(count / n));

function NextList({ rows, n }: { rows: readonly NextRow[]; n: number }) {
  return (
    <ul className="next" data-chart-area tabIndex={0} aria-label="What they did next">
      {rows.map(({ name, count }) => (
        <li
          key={name}
          data-row={name}
          {...markOf(name, count)}
          title={`${formatCount(count)} of ${formatCount(n)}`}
        >
          <span className="next-name">{name}</span>
          <span className="next-count">{formatCount(count)}</span>
          <span className="next-share">{n === 0 ? '' : formatRate(count / n, 0)}</span>
          <span className="next-bar" style={{ width: n === 0 ? 0 : `${((count / n) * 100).toFixed(2)}%` }} />
        </li>
      ))}
    </ul>
  );
}

function markOf(name: string, count: number) {
  const anchor = seriesAnchor(name);
  return anchor === null ? {} : noteMark({ anchor, label: name, value: count, interval: null, n: null });
}

function summaryOf(rows: readonly NextRow[], n: number): string {
  if (rows.length === 0) return 'Nothing is known.';
  const named = rows.slice(0, 3).map(({ name, count }) => `${name} ${shareText(count, n)}`);
  return `Of ${formatCount(n)}: ${named.join(', ')}.`;
}
