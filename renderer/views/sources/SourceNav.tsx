import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';
import { EnvironmentMark } from '../../parts/EnvironmentMark.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { DEFAULT_OPERATE, type SettingsPart } from '../../state/operate-address.ts';
import { KIND_WORDS } from '../freshness/words.ts';
import './sources-view.css';

interface SourceNavProps {
  sources: readonly StoredSource[];
  chosen: string | null;
  isNew: boolean;
  isLate: (name: string) => boolean;
  environments: readonly string[];
  /** The part of the settings that is open; absent: none. */
  settings?: SettingsPart;
}

const PARTS = [
  {
    part: 'workspace',
    icon: 'settings',
    label: 'Workspace',
    says: 'zone, schedule, secrets',
  },
  {
    part: 'retention',
    icon: 'database',
    label: 'Storage and schemas',
    says: 'retention, event types',
  },
] as const;

/** Sources by environment, which never mix, and the settings of the workspace below. */
export function SourceNav({ sources, chosen, isNew, isLate, environments, settings }: SourceNavProps) {
  const address = useAddress((state) => state.address);
  const to = (operate: Partial<typeof DEFAULT_OPERATE>) =>
    formatAddress({ ...address, view: 'sources', operate: { ...DEFAULT_OPERATE, ...operate } });
  const groups = Map.groupBy(sources, ({ environment }) => environment ?? '');
  return (
    <nav className="source-nav" aria-label="Sources and settings" data-tile="source-list" aria-busy="false">
      <a
        className="button source-add"
        href={to({ adding: 'folder' })}
        aria-current={isNew ? 'page' : undefined}
      >
        <Icon name="plus" />
        Add a source
      </a>
      {[...groups].map(([environment, members]) => (
        <div key={environment}>
          <div className="source-group">
            <EnvironmentMark environment={environment} all={environments} />
            <span>{members.length}</span>
          </div>
          <ul>
            {members.map(({ name, kind, dataset, place, lastFailure }) => {
              const words = `${KIND_WORDS[kind] ?? kind}, ${dataset}`;
              return (
                <li key={name}>
                  {kind === 'import' ? (
                    <span className="source-entry" title={place}>
                      <Icon name="table" />
                      <span className="source-text">
                        <strong>{name}</strong>
                        <span>{words}</span>
                      </span>
                    </span>
                  ) : (
                    <a
                      className="source-entry"
                      href={to({ source: name })}
                      aria-current={name === chosen && settings === undefined ? 'page' : undefined}
                      title={place}
                    >
                      <Icon name={kind === 'folder' ? 'folder' : kind === 's3' ? 'bucket' : 'database'} />
                      <span className="source-text">
                        <strong>{name}</strong>
                        <span>{words}</span>
                      </span>
                      {lastFailure !== null ? (
                        <span className="source-failed" title={lastFailure}>
                          Fails
                        </span>
                      ) : (
                        isLate(name) && <span className="source-late">Late</span>
                      )}
                    </a>
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      <div className="source-settings">
        <div className="source-group">Settings</div>
        {PARTS.map(({ part, icon, label, says }) => (
          <a
            key={part}
            className="source-entry"
            href={formatAddress({ ...address, view: 'settings', operate: { ...DEFAULT_OPERATE, part } })}
            aria-current={part === settings ? 'page' : undefined}
          >
            <Icon name={icon} />
            <span className="source-text">
              <strong>{label}</strong>
              <span>{says}</span>
            </span>
          </a>
        ))}
      </div>
    </nav>
  );
}
