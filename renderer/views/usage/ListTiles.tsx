import {
  formatChange,
  formatCompact,
  formatCount,
  formatQuantity,
  formatRate,
  formatSignedPercentNumber,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import { BarTable, type BarColumn } from '../../parts/BarTable.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { PageRow, ReferrerRow } from './columns.ts';
import { EmptyUsage } from './EmptyUsage.tsx';
import type { Usage } from './use-usage.ts';

const LATE = 'Events of the last hours may be missing.';

export function PagesTile({ usage }: { usage: Usage }) {
  const { base, pages, questions } = usage;
  const rows = pages ?? [];
  const [first] = rows;
  return (
    <Tile
      id="usage-pages"
      title="Top pages"
      subtitle={`views of ${formatQuantity(rows.length, 'page')}; tick is before`}
      summary={
        first === undefined ? 'No pages.' : `Most seen: ${first.page}, ${formatCount(first.views)} views.`
      }
      questions={[questions.pages]}
      lateEffect={LATE}
      empty={pages?.length === 0 ? <EmptyUsage base={base} /> : null}
      chart={
        <BarTable
          caption="Top pages"
          nameLabel="Page"
          rows={rows}
          rowKey={({ page }) => page}
          name={({ page }) => page}
          isMono
          bar={({ views, previousViews }) => ({ value: views, tick: previousViews })}
          columns={PAGES}
        />
      }
      table={<DataTable caption="Pages" columns={PAGES_TABLE} rows={rows} rowKey={({ page }) => page} />}
    />
  );
}

const changeText = ({ views, previousViews }: PageRow): string =>
  previousViews === null || previousViews === 0 ? NOT_DEFINED : formatChange(views / previousViews - 1);

const PAGES: BarColumn<PageRow>[] = [
  { key: 'views', label: 'Views', cell: ({ views }) => formatCompact(views), isStrong: true },
  { key: 'change', label: 'Change', cell: changeText },
  { key: 'users', label: 'People', cell: ({ users }) => formatCompact(users) },
];
const PAGES_TABLE: DataColumn<PageRow>[] = [
  { key: 'page', label: 'Page', isHead: true, text: ({ page }) => page },
  { key: 'views', label: 'Views', isNumber: true, text: ({ views }) => formatCount(views) },
  {
    key: 'previous',
    label: 'Then',
    isNumber: true,
    text: ({ previousViews }) => (previousViews === null ? NOT_DEFINED : formatCount(previousViews)),
  },
  { key: 'change', label: 'Change', isNumber: true, text: changeText },
  { key: 'users', label: 'People', isNumber: true, text: ({ users }) => formatCount(users) },
];

export function ReferrersTile({ usage }: { usage: Usage }) {
  const { base, referrers, questions } = usage;
  const rows = referrers?.rows ?? [];
  const first = rows.find(({ referrer }) => referrer !== null);
  return (
    <Tile
      id="usage-referrers"
      title="Referrers"
      subtitle={`% of ${formatCount(referrers?.sessions ?? 0)} sessions, of their first event; tick is before`}
      summary={
        first === undefined
          ? `No referrers among ${formatQuantity(referrers?.sessions ?? 0, 'session')}.`
          : `Most frequent: ${nameOf(first)}, ${formatRate(first.share)}.`
      }
      questions={[questions.referrers]}
      lateEffect={LATE}
      empty={referrers?.sessions === 0 ? <EmptyUsage base={base} /> : null}
      chart={
        <BarTable
          caption="Referrers"
          nameLabel="Referrer"
          rows={rows}
          rowKey={nameOf}
          name={shortName}
          bar={({ referrer, share, previousShare }) =>
            referrer === null ? { value: null, tick: null } : { value: share, tick: previousShare }
          }
          columns={REFERRERS}
        />
      }
      table={<DataTable caption="Referrers" columns={REFERRERS_TABLE} rows={rows} rowKey={nameOf} />}
    />
  );
}

const nameOf = ({ referrer }: ReferrerRow): string => referrer ?? 'No referrer';

/** Without what every address begins and ends with. */
const shortName = (row: ReferrerRow): string =>
  nameOf(row)
    .replace(/^https?:\/\/(www\.)?/, '')
    .replace(/\/$/, '');

const REFERRERS: BarColumn<ReferrerRow>[] = [
  { key: 'share', label: 'Share', cell: ({ share }) => formatRate(share), isStrong: true },
  {
    key: 'change',
    label: 'Change, pp',
    cell: ({ share, previousShare }) =>
      share === null || previousShare === null
        ? NOT_DEFINED
        : formatSignedPercentNumber(share - previousShare, 1),
  },
  { key: 'bounce', label: 'Bounce', cell: ({ bounceRate }) => formatRate(bounceRate) },
];
const REFERRERS_TABLE: DataColumn<ReferrerRow>[] = [
  { key: 'referrer', label: 'Referrer', isHead: true, text: nameOf },
  { key: 'sessions', label: 'Sessions', isNumber: true, text: ({ sessions }) => formatCount(sessions) },
  { key: 'share', label: 'Share', isNumber: true, text: ({ share }) => formatRate(share) },
  { key: 'previous', label: 'Then', isNumber: true, text: ({ previousShare }) => formatRate(previousShare) },
  { key: 'users', label: 'People', isNumber: true, text: ({ users }) => formatCount(users) },
  { key: 'bounce', label: 'Bounce rate', isNumber: true, text: ({ bounceRate }) => formatRate(bounceRate) },
];
