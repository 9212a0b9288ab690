import { exactSum } from './exact.ts';
import { passesAll } from './filter.ts';
import { isFirstTime } from './first-times.ts';
import { type Counted, IGNORES_NOTHING, type Line, type Slot, ratioOf, usersOf } from './outcome.ts';
import { type Question, inSpan, propertiesOf } from './question.ts';
import { Refused } from './refused.ts';
import type { Row, Value } from './rows.ts';
import type { Filter, Series } from './types.ts';
import { type Bucket, type Calendar, bucketAt, startOfDate } from './zone.ts';

/** What a new customer cost: the costs of a span ÷ users whose first payment lies in it. */
export function acquisitionCost(series: Series, question: Question): Counted {
  const { filters = [] } = series;
  const isFirst = isFirstTime({ event: 'payment' }, 'ever', { ...question, takes: () => true });
  const customers = question.rows.filter(
    (row) => isFirst(row) && question.takesApartFrom(row, filters, IGNORES_NOTHING),
  );
  const costs = costsOf(question).filter((cost) => isAsked(cost, question, filters));
  const customersIn = (line: Line, span: Bucket) =>
    usersOf(customers.filter((row) => inSpan(row, span) && line.has(row, IGNORES_NOTHING))).size;
  return {
    values: (naming, range) =>
      [
        ...customers.filter((row) => inSpan(row, range)),
        ...costs.filter((cost) => shareOf(cost, range) > 0).map(({ row }) => row),
      ].map(naming.of),
    check: (naming, range) => {
      const isByChannel = naming?.userProperty === CHANNEL_OF_USER;
      const isByCurrency = naming?.properties.includes('currency') ?? false;
      const isByMore = naming?.properties.some((name) => name !== 'currency') ?? false;
      if (naming !== null && ((!isByChannel && !isByCurrency) || isByMore)) {
        throw new Refused('costs are known by channel and currency only');
      }
      const spent = costs.filter((cost) => shareOf(cost, range) > 0);
      const currencies = new Set(spent.map(({ row }) => row.fields.get('currency')));
      if (currencies.size > 1 && !isByCurrency) throw new Refused('costs in several currencies');
    },
    units: (line, { inside }) => customersIn(line, inside),
    measure: (line, { inside }: Slot) => {
      const own = costs.filter(({ row }) => line.has(row, IGNORES_NOTHING));
      return ratioOf(exactSum(own.map((cost) => shareOf(cost, inside))), customersIn(line, inside));
    },
  };
}

const CHANNEL_OF_USER = 'acquisition_channel';

/** A month's cost as if it were an event: its channel stands for the users' channel. */
interface Cost {
  row: Row;
  amount: number;
  month: Bucket;
}

function costsOf({ costs, calendar }: Question): Cost[] {
  return costs.flatMap((cost, index) => {
    const { month, channel, currency, amount } = cost;
    if (typeof month !== 'string' || typeof amount !== 'number') return [];
    const known = Object.entries({ channel, currency }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const span = monthOf(month, calendar);
    const fields = new Map<string, Value>(known);
    const row: Row = {
      id: `cost-${index}`,
      type: 'acquisition_cost',
      tsMs: span.startMs,
      user: null,
      session: null,
      environment: '',
      fields,
      owner: new Map(known.map(([name, value]) => [name === 'channel' ? CHANNEL_OF_USER : name, value])),
    };
    return [{ row, amount, month: span }];
  });
}

const monthOf = (month: string, calendar: Calendar): Bucket =>
  bucketAt(startOfDate(`${month.slice(0, 7)}-01`, calendar.zone), 'month', calendar);

/** Filters on what costs do not have leave them as they are. */
function isAsked({ row }: Cost, { filters, userFilters }: Question, more: readonly Filter[]): boolean {
  const { owner } = row;
  const own = [...filters, ...more].filter((filter) => propertiesOf(filter).every((name) => name in COLUMNS));
  const ofUsers = userFilters.filter((filter) =>
    propertiesOf(filter).every((name) => name === CHANNEL_OF_USER),
  );
  return passesAll(own, row.fields) && passesAll(ofUsers, owner ?? new Map());
}

const COLUMNS = { channel: true, currency: true };

/** A month's cost is spread evenly over its time. */
function shareOf({ amount, month }: Cost, span: Bucket): number {
  const overlapMs = Math.min(span.endMs, month.endMs) - Math.max(span.startMs, month.startMs);
  return overlapMs <= 0 ? 0 : (amount * overlapMs) / (month.endMs - month.startMs);
}
