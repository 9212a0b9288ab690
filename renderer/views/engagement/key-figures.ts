import { formatCount, formatPoints, formatQuantity, formatRate } from '../../../shared/format/numbers.ts';
import type { KeyFigure } from '../../parts/key-figure.ts';
import { changeOfRatio, type ComparedColumn, type TrendColumns } from '../../state/trend-columns.ts';
import { costText, secondsOfMs } from './words.ts';

export interface EngagementFigures {
  activeNow: number | null;
  chatsNow: number | null;
  followUp: { columns: TrendColumns | null; column: ComparedColumn | null };
  errorRate: { columns: TrendColumns | null; column: ComparedColumn | null };
  p50: ComparedColumn | null;
  p95: ComparedColumn | null;
  cost: ComparedColumn | null;
}

export function engagementFigures(found: EngagementFigures): KeyFigure[] {
  const { activeNow, chatsNow, followUp, errorRate, p50, p95, cost } = found;
  return [
    {
      id: 'active-now',
      label: 'Active now',
      value: activeNow === null ? '–' : formatCount(activeNow),
      delta: '5-minute window*',
      isFailing: false,
      title: 'People with any event in the last 5 minutes*',
    },
    {
      id: 'chats-now',
      label: 'Chats in progress',
      value: chatsNow === null ? '–' : formatCount(chatsNow),
      delta: '5-minute window*',
      isFailing: false,
      title: 'Sessions with a chat message in the last 5 minutes*',
    },
    rateFigure('follow-up', 'Follow-up rate', followUp, 'prompts'),
    {
      id: 'response',
      label: 'Response, median',
      value: secondsOfMs(p50?.total ?? null),
      delta: p95?.total == null ? '' : `p95 ${secondsOfMs(p95.total)}`,
      isFailing: false,
      title: 'Time to an answer: half of them within this; 95 of 100 within p95',
    },
    rateFigure('errors', 'Error rate', errorRate, 'measured requests'),
    {
      id: 'cost',
      label: 'Cost per outcome',
      value: costText(cost?.total ?? null),
      delta: cost?.totalDenominator == null ? '' : formatQuantity(cost.totalDenominator, 'outcome'),
      isFailing: false,
      title: `${costText(cost?.totalNumerator ?? null)} spent on analysed prompts; an outcome is a saving that was identified. In the unit that the source reports.`,
    },
  ];
}

function rateFigure(
  id: string,
  label: string,
  { columns, column }: EngagementFigures['followUp'],
  unit: string,
): KeyFigure {
  const change = changeOfRatio(column, columns?.isPartial ?? []);
  return {
    id,
    label,
    value: formatRate(column?.total ?? null),
    delta: change === null ? '' : formatPoints(change.now - change.before),
    isFailing: false,
    title:
      column?.totalDenominator == null
        ? ''
        : `${formatCount(column.totalNumerator ?? 0)} of ${formatCount(column.totalDenominator)} ${unit}`,
  };
}
