import { formatDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { LIFECYCLE_STATUSES, type LifecycleStatus } from '../../../shared/query/kinds/lifecycle.ts';
import type { PeopleOffer } from '../../cohorts/people-offers.ts';
import { dayStart } from '../../notes/day-start.ts';
import type { CohortRow, LifecycleBucket, StickinessColumn } from './columns.ts';
import {
  firstReactionQuestion,
  lifecycleQuestion,
  retentionQuestion,
  stickinessQuestion,
} from './questions.ts';
import type { Cohorts } from './use-cohorts.ts';
import { cohortName, columnName, inColumn } from './words.ts';

/** Whom a row, a cell or a bar of the Cohorts view counts. */
export const rowMark = (start: string): string => `row:${start}`;
export const cellMark = (start: string, column: number): string => `cell:${start}:${column}`;
export const bucketMark = (date: string): string => `bucket:${date}`;
export const periodsMark = (periods: number): string => `periods:${periods}`;

export function retentionOffersAt(cohorts: Cohorts, key: string): PeopleOffer[] {
  const [, start, column] = key.split(':');
  const row = cohorts.table?.rows.find((each) => each.start === start);
  if (row === undefined) return [];
  const columns = column === undefined ? [0, cohorts.state.column] : [Number(column)];
  return columns.flatMap((each) => cellOffer(cohorts, row, each));
}

export const allRetentionOffers = (cohorts: Cohorts): PeopleOffer[] =>
  (cohorts.table?.rows ?? []).flatMap((row) => retentionOffersAt(cohorts, rowMark(row.start)));

function cellOffer(cohorts: Cohorts, { start, cells }: CohortRow, column: number): PeopleOffer[] {
  const { state, calendar, workspace, asked } = cohorts;
  const cell = cells[column];
  const cohort = dayStart(start, workspace.zone);
  if (cell === undefined || cell.count === 0 || cohort === null) return [];
  const whose = cohortName(start, state.interval, calendar.today);
  const isAll = column === 0;
  return [
    {
      label: `${people(cell.count)} of the ${whose}${isAll ? '' : ` back ${inColumn(state, column)}`}`,
      name: isAll ? `Cohort of the ${whose}` : `Back ${inColumn(state, column)}, ${whose}`,
      definition: {
        question: { ...retentionQuestion(asked, state.type), compare: null, zone: workspace.zone },
        cell: { cohort, period: column },
      },
      ...(cell.isPartial && !isAll
        ? { note: `The ${columnName(state, column)} is not over: who comes back until then joins.` }
        : {}),
    },
  ];
}

const people = (count: number): string => formatQuantity(count, 'person', 'people');

const STATUS_NAMES: Record<LifecycleStatus, string> = {
  new: 'New',
  returning: 'Returning',
  resurrected: 'Back again',
  dormant: 'Stopped',
};

export function lifecycleOffersAt(cohorts: Cohorts, key: string): PeopleOffer[] {
  const bucket = cohorts.buckets?.find(({ date }) => bucketMark(date) === key);
  return bucket === undefined
    ? []
    : LIFECYCLE_STATUSES.flatMap((status) => statusOffer(cohorts, bucket, status));
}

export const allLifecycleOffers = (cohorts: Cohorts): PeopleOffer[] =>
  (cohorts.buckets ?? []).flatMap(({ date }) => lifecycleOffersAt(cohorts, bucketMark(date)));

function statusOffer(cohorts: Cohorts, bucket: LifecycleBucket, status: LifecycleStatus): PeopleOffer[] {
  const { workspace, asked, state, calendar } = cohorts;
  const instant = dayStart(bucket.date, workspace.zone);
  if (bucket[status] === 0 || instant === null) return [];
  const date = formatDate(bucket.date, calendar.today);
  const when = state.interval === 'day' ? date : `${state.interval} of ${date}`;
  return [
    {
      label: `${people(bucket[status])}: ${STATUS_NAMES[status].toLowerCase()}, ${when}`,
      name: `${STATUS_NAMES[status]}, ${when}`,
      definition: {
        question: { ...lifecycleQuestion(asked), zone: workspace.zone },
        cell: { bucket: instant, status },
      },
      ...(bucket.isPartial ? { note: `The ${state.interval} is not over: the group still changes.` } : {}),
    },
  ];
}

export function stickinessOffersAt(
  cohorts: Cohorts,
  columns: readonly StickinessColumn[],
  key: string,
): PeopleOffer[] {
  const { workspace, asked, state } = cohorts;
  const column = columns.find(({ periods }) => periodsMark(periods) === key);
  if (column === undefined || column.count === 0) return [];
  const { periods, count } = column;
  return [
    {
      label: `${people(count)} active in ${formatQuantity(periods, state.interval)}`,
      name: `Active in ${formatCount(periods)} of ${formatQuantity(columns.length, state.interval)}`,
      definition: {
        question: { ...stickinessQuestion(asked), compare: null, zone: workspace.zone },
        cell: { count: periods },
      },
    },
  ];
}

/** Everybody whose first reaction of all, within these dates, was this one: by the same events as the row. */
export function firstReactionOffersAt({ asked, reactions }: Cohorts, state: string): PeopleOffer[] {
  const row = reactions.find(({ name }) => name?.id === state);
  if (row?.name == null) return [];
  const { environment, range, cohort, filters } = firstReactionQuestion(asked, state);
  const step = {
    event: 'reaction_captured',
    filters: [{ property: 'state', op: 'is', value: state }],
    first: 'ever',
  };
  return [
    {
      label: `people whose first reaction was ${row.name.label}`,
      name: `First reaction ${row.name.label}`,
      definition: {
        question: { kind: 'funnel', environment, range, cohort, filters, steps: [step] },
        cell: { step: 0, dropped: false },
      },
    },
  ];
}
