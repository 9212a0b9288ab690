import { isEventColumn } from '../../../shared/domain/events.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import { Grouping } from './grouping.ts';
import { userIds } from './id-source.ts';
import { type PlannedMeasure, partOf, type SeriesContext } from './measures.ts';
import { countDistinct, resolvePart, sumNumbers } from './quantity.ts';
import { ratioPoint } from './series.ts';

const PAYMENT = 'payment';
const CURRENCY = 'currency';

/** Revenue ÷ active users. Currencies are never added: several of them in one line are refused. */
export function planRevenue(context: SeriesContext, filters: readonly Filter[]): PlannedMeasure {
  const { question, space, period } = context;
  const payments = partOf(context, { event: PAYMENT, filters: [...filters] });
  const revenue = sumNumbers(payments, 'amount');
  const active = countDistinct(
    {
      ...partOf(context, { event: null, filters: [...filters] }),
      ignores: (_type, property) => !isEventColumn(property),
    },
    userIds(question.view),
  );
  const currencies = new Grouping([{ kind: 'event', property: CURRENCY }]);
  const isSplit = space.axes.some((axis) => axis.kind === 'event' && axis.property === CURRENCY);
  return {
    scans: [
      ...revenue.scans,
      ...active.scans,
      { axis: period.axis, match: resolvePart(payments).match, grouping: currencies, take: () => undefined },
    ],
    finish: () => {
      if (!isSplit) refuseSeveral(currencies);
    },
    point: (set, bucket) => ratioPoint(revenue.at(set, bucket).sum, active.at(set, bucket)),
    units: (set) => active.at(set, null),
  };
}

function refuseSeveral(currencies: Grouping): void {
  const found = currencies.values.map(([currency]) => currency ?? '(none)').sort();
  if (found.length <= 1) return;
  const message = `revenue_per_user: payments are in ${found.join(', ')}, which are never added; break down by currency or filter on one`;
  throw new AppError('bad-input', message, { path: 'series' });
}
