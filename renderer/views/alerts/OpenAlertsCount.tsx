import { useEffect } from 'react';
import { useAddress } from '../../state/address-store.ts';
import { environmentOf, useSession } from '../../state/session-store.ts';
import { keepFirings } from './marks/firings-store.ts';
import { useAlerts } from './use-alerts.ts';
import './alerts-view.css';

/** Counts stand in the sidebar only where somebody must act: open, told and not acknowledged. */
export function OpenAlertsCount() {
  const workspace = useSession((state) => state.workspace);
  const wanted = useAddress(({ address }) => address.environment);
  const environment = environmentOf(workspace, wanted);
  return environment === null ? null : <Count environment={environment.environment} />;
}

function Count({ environment }: { environment: string }) {
  const { state } = useAlerts(environment);
  useEffect(() => {
    if (state !== null) keepFirings(environment, state);
  }, [environment, state]);
  const open = (state?.firings ?? []).filter(
    ({ status, notifiedAt, acknowledgedAt }) =>
      status === 'open' && notifiedAt !== null && acknowledgedAt === null,
  ).length;
  if (open === 0) return null;
  return (
    <span className="open-alerts" title={`${open} open`}>
      {open}
      <span className="visually-hidden"> open</span>
    </span>
  );
}
