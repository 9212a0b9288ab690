import { plot } from '@observablehq/plot';
import { useEffect, useRef } from 'react';
import { penaltyCurveChart } from '../../charts/penalty-curve.ts';
import { PLOT_STYLE } from '../../charts/plot-style.ts';
import { useSize } from '../../charts/use-size.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { ABANDONED_PENALTY } from '../../state/display-settings.ts';
import { LOWEST_PENALTY, parsePenalty } from '../../state/signals-address.ts';
import { liftAt, type SignalCounts, zeroPenalty } from './columns.ts';
import { EmptySignals } from './EmptySignals.tsx';
import type { Signals } from './use-signals.ts';
import { BAND_PENALTY, liftText, penaltyText } from './words.ts';

interface PenaltyTileProps {
  found: Signals;
  penalty: number;
  /** While it moves, and when it has come to rest. */
  onMove: (penalty: number) => void;
  onRest: (penalty: number) => void;
}

const PENALTIES = Array.from({ length: -LOWEST_PENALTY * 2 + 1 }, (_, index) => -index / 2 + 0);

/** The assumption about abandoned starts, to be moved; the setting stays what it is. */
export function PenaltyTile({ found, penalty, onMove, onRest }: PenaltyTileProps) {
  const { base, signals, questions } = found;
  const total = signals?.total ?? null;
  return (
    <Tile
      id="signal-penalty"
      title="Penalty for an abandoned start*"
      subtitle="mean lift of all starts"
      summary={`${liftText(total && liftAt(total, penalty))} at ${penaltyText(penalty)}.`}
      questions={[questions.overTime]}
      lateEffect="Ends of the last hours may be missing."
      empty={total?.starts === 0 ? <EmptySignals base={base} /> : null}
      chart={
        <>
          {total !== null && <Curve total={total} penalty={penalty} />}
          <div className="penalty-controls">
            <label htmlFor="penalty-slider">Penalty</label>
            <input
              id="penalty-slider"
              type="range"
              min={LOWEST_PENALTY}
              max={0}
              step={0.1}
              value={penalty}
              aria-valuetext={penaltyText(penalty)}
              onChange={({ target }) => {
                onMove(round(Number(target.value)));
              }}
              onPointerUp={() => {
                onRest(penalty);
              }}
              onBlur={() => {
                onRest(penalty);
              }}
              onKeyDown={(event) => {
                const step = STEPS[event.key];
                if (step === undefined) return;
                event.preventDefault();
                event.stopPropagation();
                const next = round(penalty + step * (event.shiftKey ? 1 : 0.1));
                onRest(Math.max(LOWEST_PENALTY, Math.min(0, next)));
              }}
            />
            <TextField
              label="Penalty as a number"
              value={penaltyText(penalty)}
              width="number"
              isValid={(text) => parsePenalty(text) !== undefined}
              onSet={(text) => {
                onRest(parsePenalty(text) ?? penalty);
              }}
            />
            <button
              type="button"
              className="button-quiet"
              disabled={penalty === ABANDONED_PENALTY}
              onClick={() => {
                onRest(ABANDONED_PENALTY);
              }}
            >
              Reset
            </button>
          </div>
        </>
      }
      table={
        <DataTable
          caption="Lift by penalty"
          columns={[
            { key: 'penalty', label: 'Penalty', isHead: true, text: penaltyText },
            {
              key: 'lift',
              label: 'Mean lift of all starts',
              isNumber: true,
              text: (each) => liftText(total && liftAt(total, each)),
            },
          ]}
          rows={PENALTIES}
          rowKey={String}
        />
      }
    />
  );
}

/** 0 stands left: to the right the penalty grows. */
const STEPS: Partial<Record<string, number>> = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 };
const round = (penalty: number): number => Math.round(penalty * 10) / 10 + 0;

function Curve({ total, penalty }: { total: SignalCounts; penalty: number }) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  useEffect(() => {
    if (host.current === null || size === null || size.width === 0) return;
    const options = penaltyCurveChart({
      ...size,
      lowest: LOWEST_PENALTY,
      band: BAND_PENALTY,
      chosen: penalty,
      liftAt: (each) => liftAt(total, each) ?? 0,
      zero: zeroPenalty(total),
      text: (lift) => liftText(lift, 1),
      penaltyText,
    });
    host.current.replaceChildren(plot({ ...options, style: PLOT_STYLE }));
  }, [size, total, penalty]);
  return <div ref={host} className="chart-surface penalty-curve" aria-hidden="true" />;
}
