import { formatDateRange } from '../../../../shared/format/calendar.ts';
import { formatElapsed } from '../../../../shared/format/durations.ts';
import { formatCount, formatPoints, formatRate } from '../../../../shared/format/numbers.ts';
import { DataTable } from '../../../parts/DataTable.tsx';
import { Icon } from '../../../parts/Icon.tsx';
import { Tile } from '../../../parts/Tile.tsx';
import { capitalise } from '../../../state/event-names.ts';
import type { FunnelDefinition } from '../../../state/funnel-definition.ts';
import { hasFilters } from '../../../state/question-parts.ts';
import type { FunnelStep } from '../columns.ts';
import { stepColumns } from '../StepsTile.tsx';
import type { Builder } from './use-builder.ts';

/** The draft's steps, with the base as a tick: absolute counts on one scale. */
export function PreviewTile({ builder }: { builder: Builder }) {
  const { draftSteps, questions, units, span, calendar, address, baseName } = builder;
  const { good } = questions.draft.state;
  const dates = formatDateRange(span.from, span.to, calendar.today);
  const filters = hasFilters(address) ? 'with the filters of the view' : 'all filters off';
  return (
    <Tile
      id="funnel-preview"
      title="Preview"
      subtitle={`${dates}, ${filters}; tick is ${baseName}`}
      summary={summaryOf(draftSteps, units.many)}
      questions={[questions.draft]}
      lateEffect="Events of the last hours are missing: tries that they would go on look lost."
      legend={
        good === null ? undefined : (
          <span className="badge badge-ok">
            <Icon name="check" />
            Exact, {formatElapsed(good.answer.elapsedMs)}
          </span>
        )
      }
      empty={null}
      chart={<PreviewTable builder={builder} />}
      table={
        <DataTable
          caption="Steps of the draft"
          columns={stepColumns(units.many, false)}
          rows={draftSteps ?? []}
          rowKey={({ index }) => String(index)}
        />
      }
    />
  );
}

function PreviewTable({ builder }: { builder: Builder }) {
  const { draftSteps, baseSteps, units, base, draft } = builder;
  const steps = draftSteps ?? [];
  const most = Math.max(1, steps[0]?.count ?? 0, baseSteps?.[0]?.count ?? 0);
  return (
    <div className="preview" data-chart-area tabIndex={0} role="group" aria-label="Preview of the draft">
      <table className="preview-table">
        <thead>
          <tr>
            <th scope="col" className="preview-name">
              Step
            </th>
            <td />
            <th scope="col" className="preview-number">
              {capitalise(units.many)}
            </th>
            <th scope="col" className="preview-number">
              From last
            </th>
            <th scope="col" className="preview-number">
              From first
            </th>
            <th scope="col" className="preview-number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => {
            const before = baseStep(step, base, draft, baseSteps);
            return (
              <tr key={step.index} data-preview-step={step.index}>
                <th scope="row" className="preview-name" title={step.name}>
                  <span>{step.index + 1}</span> {step.name}
                </th>
                <td>
                  <PreviewBar step={step} most={most} tick={before?.count ?? null} />
                </td>
                <td className="preview-number">{formatCount(step.count)}</td>
                <td className="preview-number">{formatRate(step.fromPrevious.value)}</td>
                <td className="preview-number">{formatRate(step.fromFirst)}</td>
                <td className="preview-number preview-change">{changeText(step, before)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function PreviewBar({ step, most, tick }: { step: FunnelStep; most: number; tick: number | null }) {
  const percent = (count: number): string => `${((count / most) * 100).toFixed(3)}%`;
  return (
    <span className="step-bar" aria-hidden="true">
      <span className="step-bar-fill" style={{ width: percent(step.count) }} />
      {step.left !== null && step.left > 0 && (
        <span className="step-bar-loss" style={{ left: percent(step.count), width: percent(step.left) }} />
      )}
      {tick !== null && <span className="step-bar-tick" style={{ left: percent(tick) }} />}
    </span>
  );
}

/** The step of the base that the draft's step stands for: the same events, else the same place. */
function baseStep(
  { index }: FunnelStep,
  base: FunnelDefinition,
  draft: FunnelDefinition,
  baseSteps: readonly FunnelStep[] | null,
): FunnelStep | null {
  const same = base.steps.findIndex((step) => JSON.stringify(step) === JSON.stringify(draft.steps[index]));
  if (same >= 0) return baseSteps?.[same] ?? null;
  return base.steps.length === draft.steps.length ? (baseSteps?.[index] ?? null) : null;
}

function changeText(step: FunnelStep, before: FunnelStep | null): string {
  if (step.index === 0 || before === null || step.fromFirst === null || before.fromFirst === null) return '–';
  return formatPoints(step.fromFirst - before.fromFirst);
}

function summaryOf(steps: readonly FunnelStep[] | null, units: string): string {
  const [first] = steps ?? [];
  const last = steps?.at(-1);
  if (first === undefined || last === undefined) return 'Not read yet.';
  return `${formatCount(first.count)} ${units} enter, ${formatCount(last.count)} reach ${last.name}, ${formatRate(last.fromFirst)}.`;
}
