import { DEFAULT_WATCH, type WatchItem } from '../../../shared/alerts/watch.ts';
import { subjectWords } from '../../../shared/alerts/sentence.ts';
import type { AlertSettings, AlertsState as Stored } from '../../../shared/rpc/contract/alerts.ts';
import { useServices } from '../../app/services.ts';
import { Icon } from '../../parts/Icon.tsx';
import { useNotice } from '../../state/notice-store.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { namesOf } from './words.ts';

/** What the detectors watch. Tiles add to it by "Watch this"; what was added can be taken back here. */
export function Watched({ state, environment }: { state: Stored; environment: EnvironmentInfo }) {
  const { backend } = useServices();
  const items = state.settings.watch ?? DEFAULT_WATCH;
  const usual = new Set(DEFAULT_WATCH.map(({ itemId }) => itemId));
  const remove = (itemId: string) => {
    const watch = items.filter((item) => item.itemId !== itemId);
    const settings: AlertSettings = { ...state.settings, watch };
    backend
      .call('command.alert.settings.save', { environment: environment.environment, settings })
      .catch((error: unknown) => {
        useNotice.getState().warn(error instanceof Error ? error.message : 'It could not be taken back');
      });
  };
  return (
    <div className="alert-list-body">
      <h2 className="alert-group">
        Watched <span>{items.length}</span>
      </h2>
      <ul>
        {items.map((item) => (
          <li key={item.itemId} className="alert-row">
            <Icon name="bell" />
            <span className="alert-row-text">
              <strong>{nameOf(item, environment)}</strong>
              <span>{seriesText(item, state)}</span>
            </span>
            {!usual.has(item.itemId) && (
              <button
                type="button"
                className="button-icon"
                aria-label={`Watch ${nameOf(item, environment)} no more`}
                title="Watch it no more"
                onClick={() => {
                  remove(item.itemId);
                }}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

const SPLIT_WORDS: Readonly<Record<string, string>> = {
  practice_id: 'practice',
  master_id: 'master',
  app_version: 'release',
  locale: 'locale',
};

function nameOf({ subject, splitBy }: WatchItem, environment: EnvironmentInfo): string {
  const words = subjectWords(subject, namesOf(environment));
  const whole = words.charAt(0).toUpperCase() + words.slice(1);
  return splitBy === null ? whole : `${whole} by ${SPLIT_WORDS[splitBy] ?? splitBy}`;
}

function seriesText({ itemId }: WatchItem, { watch }: Stored): string {
  const judged = watch.find((each) => each.itemId === itemId);
  if (judged === undefined) return 'not judged yet';
  return judged.series === 1 ? '1 series' : `${judged.series} series`;
}
