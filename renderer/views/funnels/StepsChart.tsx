import { Fragment, type KeyboardEvent, useRef, useState } from 'react';
import { formatCount, formatPoints, formatRate, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { Icon } from '../../parts/Icon.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { formatPValue } from '../../parts/p-value.ts';
import { secondsInWords } from '../../parts/seconds-text.ts';
import { rateMark } from '../../notes/note-mark.ts';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise, eventLabel } from '../../state/event-names.ts';
import { peopleMark } from '../../cohorts/people-offers.ts';
import { type FunnelStep, stepName } from './columns.ts';
import { lostMark, reachedMark } from './people-offers.ts';
import { isSignificant } from '../../state/difference.ts';
import type { Funnel } from './use-funnel.ts';
import './steps.css';

/** One row per step: bar, what was lost on the way to it as hatching, the compared period as a tick. */
export function StepsChart({ funnel }: { funnel: Funnel }) {
  const { steps, definition, address, units } = funnel;
  const go = useAddress((state) => state.go);
  const host = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<{ index: number; byKey: boolean } | null>(null);
  const selected = address.funnels.step;
  const select = (index: number) => {
    go({ funnels: { ...address.funnels, step: selected === index ? null : index } });
  };
  const step = current === null ? undefined : steps?.[current.index];
  const content = step === undefined ? null : describeStep(step, funnel);
  const place = current === null ? null : placeOf(host.current, current.index);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    const next = rowAfter(event.key, current?.index ?? null, steps?.length ?? 0);
    if (event.key === 'Escape' && current !== null) setCurrent(null);
    else if (event.key === 'Enter' && current !== null) select(current.index);
    else if (next === null) return;
    else setCurrent({ index: next, byKey: true });
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={host}
      className="steps"
      role="group"
      aria-label="Steps. Up and down arrow keys read them, Enter opens one."
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onPointerLeave={() => {
        setCurrent(null);
      }}
      onBlur={() => {
        setCurrent(null);
      }}
    >
      <table className="steps-table">
        <thead>
          <tr>
            <th scope="col" className="steps-index">
              <span className="visually-hidden">Number</span>
            </th>
            <th scope="col" className="steps-name">
              Step
            </th>
            <td className="steps-bar" />
            <th scope="col" className="steps-number">
              {capitalise(units.many)}
            </th>
            <th scope="col" className="steps-number">
              From last
            </th>
            <th scope="col" className="steps-number">
              From first
            </th>
            <th scope="col" className="steps-number">
              Median time
            </th>
          </tr>
        </thead>
        <tbody>
          {steps === null
            ? definition.steps.map((each, index) => (
                <tr key={index} className="steps-row">
                  <td className="steps-index">{index + 1}</td>
                  <th scope="row" className="steps-name">
                    {stepName(each)}
                    <span className="steps-events">{each.event ?? eventLabel(null)}</span>
                  </th>
                  <td colSpan={5} />
                </tr>
              ))
            : steps.map((each) => (
                <Fragment key={each.index}>
                  {each.left !== null && <LossRow step={each} compared={funnel.compared} />}
                  <StepRow
                    step={each}
                    base={each.base === null ? null : shareOfFirst(each, steps)}
                    isSelected={selected === each.index}
                    isCurrent={current?.index === each.index}
                    onSelect={() => {
                      select(each.index);
                    }}
                    onEnter={() => {
                      setCurrent({ index: each.index, byKey: false });
                    }}
                  />
                </Fragment>
              ))}
          {steps !== null && <RegularUseRow funnel={funnel} steps={steps} />}
        </tbody>
      </table>
      {content !== null && place !== null && (
        <Tooltip anchor={host} x={place.x} y={place.y} content={content} />
      )}
      <div className="visually-hidden" aria-live="polite">
        {current?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

/** The step that is no event: being active often enough after the last one. */
function RegularUseRow({ funnel, steps }: { funnel: Funnel; steps: readonly FunnelStep[] }) {
  const rule = funnel.standard?.regularUse;
  const { regularUse } = funnel;
  const last = steps.at(-1);
  if (rule === undefined || regularUse === null || last === undefined) return null;
  const { count } = regularUse;
  const first = steps[0]?.count ?? 0;
  const ratio = (n: number): number | null => (count === null || n === 0 ? null : count / n);
  const left = count === null ? null : last.count - count;
  return (
    <>
      <tr className="steps-loss">
        <td colSpan={2} />
        <td colSpan={5}>
          {left !== null && last.count > 0 && (
            <span>
              <Icon name="chevron-down" />
              <strong>{`\u2212${formatRate(left / last.count)}`}</strong>
              {formatCount(left)} left
            </span>
          )}
        </td>
      </tr>
      <tr className="steps-row" data-regular>
        <td className="steps-index">{steps.length + 1}</td>
        <th scope="row" className="steps-name">
          Regular use*
          <span className="steps-events" title="Days are windows of 24 h after the step before">
            active on {rule.days} of the next {rule.within} days
          </span>
        </th>
        <td className="steps-bar">
          <StepBar fromFirst={ratio(first) ?? 0} base={last.fromFirst} previous={null} />
        </td>
        <td className="steps-number steps-count">{count === null ? NOT_DEFINED : formatCount(count)}</td>
        <td className="steps-number">{formatRate(ratio(last.count))}</td>
        <td className="steps-number steps-quiet">{formatRate(ratio(first))}</td>
        <td className="steps-number steps-quiet">{NOT_DEFINED}</td>
      </tr>
    </>
  );
}

/** What share of the first step got to the step before this one. */
const shareOfFirst = ({ base }: FunnelStep, steps: readonly FunnelStep[]): number | null => {
  const first = steps[0]?.count ?? 0;
  return base === null || first === 0 ? null : base / first;
};

interface StepRowProps {
  step: FunnelStep;
  /** Where the hatching ends, as a share of the first step. */
  base: number | null;
  isSelected: boolean;
  isCurrent: boolean;
  onSelect: () => void;
  onEnter: () => void;
}

function StepRow({ step, base, isSelected, isCurrent, onSelect, onEnter }: StepRowProps) {
  const { index, name, events, conditions, count, fromPrevious, fromFirst, medianSeconds, previous } = step;
  const isSmall = step.base !== null && step.base < SMALL_SAMPLE;
  return (
    <tr
      className="steps-row"
      data-step={index}
      {...rateMark(
        { kind: 'funnel_step', step: index, name: name.slice(0, 200) },
        name,
        fromPrevious,
        step.base ?? count,
      )}
      {...peopleMark(reachedMark(index))}
      data-selected={isSelected}
      data-current={isCurrent}
      onClick={onSelect}
      onPointerEnter={onEnter}
    >
      <td className="steps-index">{index + 1}</td>
      <th scope="row" className="steps-name">
        <button
          type="button"
          className="steps-select"
          aria-pressed={isSelected}
          title={isSelected ? `Close ${name}` : `Open ${name}`}
          onClick={(event) => {
            event.stopPropagation();
            onSelect();
          }}
        >
          {name}
        </button>
        <span className="steps-events" title={[events, conditions].filter(Boolean).join(', ')}>
          <code>{events}</code>
          {conditions !== '' && ` ${conditions}`}
        </span>
      </th>
      <td className="steps-bar">
        <StepBar fromFirst={fromFirst ?? 0} base={base} previous={previous?.fromFirst ?? null} />
      </td>
      <td className="steps-number steps-count">{formatCount(count)}</td>
      <td className="steps-number">
        {formatRate(fromPrevious.value)}
        {isSmall && <Half {...fromPrevious} />}
      </td>
      <td className="steps-number steps-quiet">{formatRate(fromFirst)}</td>
      <td className="steps-number steps-quiet">{secondsInWords(medianSeconds)}</td>
    </tr>
  );
}

/** Half the width of a small sample's interval. */
function Half({ low, high }: { low: number | null; high: number | null }) {
  if (low === null || high === null) return null;
  return <span className="steps-half"> ±{Math.round((high - low) * 50)}</span>;
}

interface StepBarProps {
  fromFirst: number;
  base: number | null;
  previous: number | null;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(3)}%`;

function StepBar({ fromFirst, base, previous }: StepBarProps) {
  const lost = base === null ? 0 : Math.max(0, base - fromFirst);
  return (
    <span className="step-bar" aria-hidden="true">
      <span className="step-bar-fill" style={{ width: percent(fromFirst) }} />
      {lost > 0 && (
        <span className="step-bar-loss" style={{ left: percent(fromFirst), width: percent(lost) }} />
      )}
      {previous !== null && previous < 1 && (
        <span className="step-bar-tick" style={{ left: percent(previous) }} />
      )}
    </span>
  );
}

function LossRow({ step, compared }: { step: FunnelStep; compared: string }) {
  const { left, loss, difference } = step;
  return (
    <tr className="steps-loss" data-loss={step.index} {...peopleMark(lostMark(step.index))}>
      <td colSpan={2} />
      <td colSpan={5}>
        <span>
          <Icon name="chevron-down" />
          <strong>{loss.value === null ? NOT_DEFINED : `\u2212${formatRate(loss.value)}`}</strong>
          {formatCount(left ?? 0)} left
          {difference !== null && isSignificant(difference) && (
            <span className="steps-change">
              {formatPoints(-difference.points)} against {compared}, p {formatPValue(difference.pValue)}
            </span>
          )}
        </span>
      </td>
    </tr>
  );
}

function describeStep(step: FunnelStep, { compared, units }: Funnel): TooltipContent {
  const { index, name, count, base, fromPrevious, fromFirst, left, loss, previous, difference } = step;
  return {
    title: `${index + 1} ${name}`,
    rows: [
      { label: capitalise(units.many), value: formatCount(count), isStrong: true },
      ...(base === null
        ? []
        : [
            {
              label: 'From last',
              value: formatRate(fromPrevious.value),
              detail: `of ${formatCount(base)}`,
            },
            { label: '95% interval', value: intervalText(fromPrevious) },
            { label: 'Left before it', value: formatCount(left ?? 0), detail: formatRate(loss.value) },
          ]),
      { label: 'From first', value: formatRate(fromFirst) },
      ...(base === null
        ? []
        : [
            { label: 'Median time', value: secondsInWords(step.medianSeconds) },
            { label: 'Mean time', value: secondsInWords(step.meanSeconds) },
            { label: 'p90 time', value: secondsInWords(step.p90Seconds) },
          ]),
      ...(previous === null
        ? []
        : [
            {
              label: capitalise(compared),
              value: formatRate(previous.fromPrevious ?? previous.fromFirst),
              detail: `of ${formatCount(previous.base ?? previous.count)}`,
            },
          ]),
      ...(difference === null
        ? []
        : [
            {
              label: 'Difference',
              value: formatPoints(difference.points),
              detail: `p ${formatPValue(difference.pValue)}`,
            },
          ]),
    ],
    ...(base !== null && base < SMALL_SAMPLE ? { note: `Small sample, n ${formatCount(base)}` } : {}),
  };
}

function rowAfter(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return at === null ? 0 : Math.min(count - 1, at + 1);
  if (key === 'ArrowUp') return at === null ? count - 1 : Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}

function placeOf(host: HTMLElement | null, index: number): { x: number; y: number } | null {
  const row = host?.querySelector(`[data-step="${index}"] .steps-bar`)?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (row === undefined || box === undefined) return null;
  return { x: row.right - box.left, y: row.bottom + 8 - box.top };
}
