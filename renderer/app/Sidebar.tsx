import { formatBytes, formatSpacedCompact } from '../../shared/format/numbers.ts';
import { toLocalTime } from '../../shared/format/local-time.ts';
import { formatAddress, inView, type ViewId } from '../state/address.ts';
import { VIEW_LABELS } from '../state/names.ts';
import { DEFAULT_OPERATE } from '../state/operate-address.ts';
import { useAddress } from '../state/address-store.ts';
import { useSession } from '../state/session-store.ts';
import { OpenAlertsCount } from '../views/alerts/OpenAlertsCount.tsx';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { formatMomentNear } from './FreshnessPopover.tsx';
import './sidebar.css';

interface ViewEntry {
  view: ViewId;
  icon: IconName;
}

/** A view stands here only once it is built (DESIGN, Navigation). */
const GROUPS: { label: string; views: ViewEntry[] }[] = [
  {
    label: 'Watch',
    views: [
      { view: 'practices', icon: 'practices' },
      { view: 'masters', icon: 'masters' },
      { view: 'funnels', icon: 'funnels' },
      { view: 'cohorts', icon: 'cohorts' },
      { view: 'usage', icon: 'usage' },
      { view: 'features', icon: 'features' },
      { view: 'signals', icon: 'signals' },
    ],
  },
  {
    label: 'Understand',
    views: [
      { view: 'journeys', icon: 'journeys' },
      { view: 'explore', icon: 'explore' },
    ],
  },
  { label: 'AI', views: [{ view: 'engagement', icon: 'engagement' }] },
  {
    label: 'Operate',
    views: [
      { view: 'freshness', icon: 'clock' },
      { view: 'alerts', icon: 'bell' },
    ],
  },
];

/** Views that stand behind another one. */
const PARENTS: Partial<Record<ViewId, ViewId>> = {
  quarantine: 'freshness',
  practice: 'practices',
  master: 'masters',
};

export function Sidebar() {
  const address = useAddress((state) => state.address);
  return (
    <nav className="sidebar" aria-label="Views">
      {GROUPS.map(({ label, views }) => (
        <div key={label}>
          <div className="sidebar-group">{label}</div>
          <ul>
            {views.map(({ view, icon }) => (
              <li key={view}>
                <a
                  className="sidebar-item"
                  href={formatAddress(inView(address, view))}
                  aria-current={view === (PARENTS[address.view] ?? address.view) ? 'page' : undefined}
                  title={VIEW_LABELS[view]}
                >
                  <Icon name={icon} />
                  <span>{VIEW_LABELS[view]}</span>
                  {view === 'freshness' && <LateCount />}
                  {view === 'alerts' && <OpenAlertsCount />}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <LocalStore />
    </nav>
  );
}

function LateCount() {
  const late = useSession(({ workspace }) => workspace?.sources.filter((source) => source.late).length ?? 0);
  return late === 0 ? null : <span className="sidebar-count">{late} late</span>;
}

/** Leads to sources and settings, which lie behind it (DESIGN, Navigation). */
function LocalStore() {
  const address = useAddress((state) => state.address);
  const isOpen = address.view === 'sources' || address.view === 'settings';
  const workspace = useSession((state) => state.workspace);
  const sync = useSession((state) => state.sync);
  if (workspace === null) return null;
  const { zone, now, store, sources } = workspace;
  const syncedAt = sources.map(({ lastSyncAt }) => lastSyncAt ?? '').reduce((a, b) => (a > b ? a : b), '');
  const when =
    sync?.state === 'running'
      ? `Syncing since ${sync.startedAt === null ? 'now' : toLocalTime(sync.startedAt, zone).time}`
      : syncedAt === ''
        ? 'Not synced yet'
        : `Synced ${formatMomentNear(syncedAt, now, zone)}`;
  const text = `${formatBytes(store.sizeBytes)} · ${formatSpacedCompact(store.events)} events`;
  return (
    <a
      className="sidebar-store"
      href={formatAddress({ ...inView(address, 'sources'), operate: DEFAULT_OPERATE })}
      aria-current={isOpen ? 'page' : undefined}
      title={`Sources and settings. Local store: ${text}. ${when}.`}
    >
      <Icon name="database" />
      <div className="sidebar-store-text">
        <strong>Local store</strong>
        <span>{text}</span>
        <span>{when}</span>
      </div>
    </a>
  );
}
