import { useCallback, useEffect, useMemo } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useServices } from '../../app/services.ts';
import { Icon } from '../../parts/Icon.tsx';
import { useAddress } from '../../state/address-store.ts';
import type { AlertsState } from '../../state/alerts-address.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { Channels } from './channels/Channels.tsx';
import { RuleEditor } from './editor/RuleEditor.tsx';
import { type FiringChange, FiringDetail } from './FiringDetail.tsx';
import { FiringList } from './FiringList.tsx';
import { type Alerts, useAlerts } from './use-alerts.ts';
import { incidents, listFinding } from './words.ts';
import './alerts-view.css';

interface AlertsViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

const MUTE_HOURS = 24;

export function AlertsView({ workspace, environment }: AlertsViewProps) {
  const shown = useAddress(({ address }) => address.alerts);
  const alerts = useAlerts(environment.environment);
  useEffect(() => {
    document.title = `Alerts · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const { state, failure } = alerts;
  if (state === null)
    return (
      <p className="alert-note" role="status">
        {failure ?? 'Reading…'}
      </p>
    );
  const edited = state.rules.find(({ ruleId }) => ruleId === shown.rule);
  if (shown.rule !== null && (shown.rule === 'new' || edited !== undefined)) {
    return (
      <RuleEditor
        key={shown.rule}
        saved={edited ?? null}
        state={state}
        alerts={alerts}
        workspace={workspace}
        environment={environment}
      />
    );
  }
  return <Firings alerts={alerts} state={state} workspace={workspace} environment={environment} />;
}

interface FiringsProps extends AlertsViewProps {
  alerts: Alerts;
  state: NonNullable<Alerts['state']>;
}

function Firings({ alerts, state, workspace, environment }: FiringsProps) {
  const { backend } = useServices();
  const shown = useAddress(({ address }) => address.alerts);
  const go = useAddress((store) => store.go);
  const { zone, now } = workspace;
  const today = toLocalDate(now, zone);
  const name = environment.environment;
  const show = (change: Partial<AlertsState>) => {
    go({ alerts: { ...shown, ...change } });
  };
  const all = useMemo(() => incidents(state.firings), [state.firings]);
  const chosen =
    all.find(({ firingId }) => firingId === shown.firing) ??
    all.find(({ status }) => status === 'open') ??
    all[0] ??
    null;
  const firingId = chosen?.firingId ?? 0;
  const { change } = alerts;
  const update = useCallback(
    (changed: FiringChange) => {
      void change(() => backend.call('command.alert.update', { environment: name, firingId, ...changed }));
    },
    [change, backend, name, firingId],
  );
  const isMuted =
    state.settings.mutedUntil !== null && Date.parse(state.settings.mutedUntil) > Date.parse(now);
  const mute = () => {
    const untilMs = Date.parse(now) + MUTE_HOURS * 3_600_000;
    const mutedUntil = isMuted ? null : new Date(untilMs).toISOString();
    const settings = { ...state.settings, mutedUntil };
    void change(() => backend.call('command.alert.settings.save', { environment: name, settings }));
  };
  const finding = listFinding(state);
  return (
    <div className="view-column">
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Alerts</div>
          <h1 className="page-finding">
            <strong>{finding.lead}</strong>
            <span>{finding.rest}</span>
          </h1>
        </div>
        <div className="page-head-actions">
          <button type="button" className="button" aria-pressed={isMuted} onClick={mute}>
            <Icon name="pause" /> {isMuted ? 'Muted for a day: tell again' : 'Mute all for a day'}
          </button>
          <button
            type="button"
            className="button-primary"
            onClick={() => {
              show({ rule: 'new' });
            }}
          >
            <Icon name="plus" /> New rule
          </button>
        </div>
      </header>
      {alerts.failure !== null && (
        <p className="alert-failure" role="alert">
          {alerts.failure}
        </p>
      )}
      <div className="page-sheet alert-sheet">
        <FiringList
          state={state}
          shown={shown}
          chosen={chosen}
          environment={environment}
          zone={zone}
          today={today}
          onShow={show}
        />
        {shown.list === 'channels' ? (
          <Channels alerts={alerts} state={state} environment={name} />
        ) : chosen === null ? (
          <div className="tile-block">
            <h3>Nothing has fired</h3>
            <p>
              The watch list is judged after every sync and every five minutes: changes on whole hours, stops
              by the minute. A rule says what else should be told.
            </p>
          </div>
        ) : (
          <FiringDetail
            firing={chosen}
            state={state}
            zone={zone}
            today={today}
            onChange={update}
            onEdit={(rule) => {
              show({ rule });
            }}
          />
        )}
      </div>
    </div>
  );
}
