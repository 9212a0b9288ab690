import { formatDate } from '../../../shared/format/calendar.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import { ruleSentence } from '../../../shared/alerts/sentence.ts';
import type { AlertFiring, AlertsState as Stored } from '../../../shared/rpc/contract/alerts.ts';
import { Icon } from '../../parts/Icon.tsx';
import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import type { AlertList, AlertsState } from '../../state/alerts-address.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { labelText } from './points.ts';
import { Watched } from './Watched.tsx';
import { firingFinding, incidents, namesOf, subjectOf } from './words.ts';

interface FiringListProps {
  state: Stored;
  shown: AlertsState;
  chosen: AlertFiring | null;
  environment: EnvironmentInfo;
  zone: string;
  today: string;
  onShow: (change: Partial<AlertsState>) => void;
}

/** Open, held and resolved firings; the rules; what is muted. */
export function FiringList(props: FiringListProps) {
  const { state, shown, onShow } = props;
  const muted = state.rules.filter(({ rule }) => rule.mutedUntil !== null);
  const choices: { id: AlertList; label: string }[] = [
    { id: 'firings', label: `Firings ${incidents(state.firings).length}` },
    { id: 'rules', label: `Rules ${state.rules.length}` },
    { id: 'muted', label: `Muted ${muted.length}` },
    { id: 'channels', label: 'Tell' },
  ];
  return (
    <section className="alert-list" aria-label="Alerts">
      <div className="alert-list-tabs">
        <SegmentedControl
          label="List"
          choices={choices}
          chosen={shown.list}
          onChoose={(list) => {
            onShow({ list });
          }}
        />
      </div>
      {shown.list === 'channels' ? (
        <Watched state={state} environment={props.environment} />
      ) : shown.list === 'firings' ? (
        <Firings {...props} />
      ) : (
        <Rules {...props} rules={shown.list === 'muted' ? muted : state.rules} />
      )}
      <p className="alert-list-foot">{labelledText(state.firings)}</p>
    </section>
  );
}

function Firings({ state, chosen, zone, today, onShow }: FiringListProps) {
  const all = incidents(state.firings);
  const held = state.rules.filter((rule) => rule.held !== null);
  const groups = [
    { name: 'Open', firings: all.filter(({ status }) => status === 'open') },
    { name: 'Resolved', firings: all.filter(({ status }) => status === 'resolved') },
  ];
  return (
    <div className="alert-list-body">
      {groups.map(({ name, firings }, group) => (
        <div key={name}>
          <h2 className="alert-group">
            {name} <span>{firings.length}</span>
          </h2>
          <ul>
            {firings.map((firing) => (
              <li key={firing.firingId}>
                <button
                  type="button"
                  className="alert-row"
                  aria-current={firing.firingId === chosen?.firingId}
                  onClick={() => {
                    onShow({ firing: firing.firingId });
                  }}
                >
                  <Icon name={firing.status === 'open' ? 'bell' : 'check'} />
                  <span className="alert-row-text">
                    <strong>{firing.title}</strong>
                    <span>{rowText(firing, state)}</span>
                  </span>
                  <time dateTime={firing.conditionMetAt}>
                    {formatDate(toLocalDate(Date.parse(firing.conditionMetAt) - 1, zone), today)}
                  </time>
                </button>
              </li>
            ))}
          </ul>
          {group === 0 && held.length > 0 && (
            <>
              <h2 className="alert-group">
                Held, source late <span>{held.length}</span>
              </h2>
              <ul>
                {held.map(({ ruleId, rule, held: waits }) => (
                  <li key={ruleId} className="alert-row">
                    <Icon name="clock" />
                    <span className="alert-row-text">
                      <strong>{rule.name}</strong>
                      <span>Waits for {waits?.sources.join(', ')}</span>
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      ))}
    </div>
  );
}

function rowText(firing: AlertFiring, state: Stored): string {
  if (firing.label !== null)
    return [labelText(firing.label, false), firing.labelNote].filter(Boolean).join(', ');
  return firingFinding(firing, subjectOf(firing, state)).rest.trim();
}

function Rules({ rules, environment, onShow }: FiringListProps & { rules: Stored['rules'] }) {
  if (rules.length === 0) return <p className="alert-note">No rules here.</p>;
  return (
    <ul className="alert-list-body">
      {rules.map(({ ruleId, rule, held }) => (
        <li key={ruleId}>
          <button
            type="button"
            className="alert-row"
            onClick={() => {
              onShow({ rule: ruleId });
            }}
          >
            <Icon name={held === null ? (rule.mutedUntil === null ? 'bell' : 'pause') : 'clock'} />
            <span className="alert-row-text">
              <strong>{rule.name}</strong>
              <span>{ruleSentence(rule, namesOf(environment))}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function labelledText(firings: readonly AlertFiring[]): string {
  const labelled = incidents(firings).filter(({ label }) => label !== null);
  if (labelled.length === 0) return 'No firing is labelled yet.';
  const right = labelled.filter(({ label }) => label === 'true').length;
  return `Labelled firings: ${right} true of ${labelled.length}, ${Math.round((100 * right) / labelled.length)}%.`;
}
