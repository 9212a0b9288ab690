import { useCallback, useEffect, useState } from 'react';
import type { AlertsState } from '../../../shared/rpc/contract/alerts.ts';
import { useServices } from '../../app/services.ts';

export interface Alerts {
  /** null until it was read. */
  state: AlertsState | null;
  /** Why it could not be read, or the last change could not be made. */
  failure: string | null;
  /** Runs a change and reads anew; resolves with false where it failed. */
  change: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Rules and firings of an environment, read again whenever they change. */
export function useAlerts(environment: string): Alerts {
  const { backend } = useServices();
  const [state, setState] = useState<AlertsState | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const read = useCallback(async () => {
    try {
      setState(await backend.call('query.alerts', { environment }));
      setFailure(null);
    } catch (error) {
      setFailure(messageOf(error));
    }
  }, [backend, environment]);
  useEffect(() => {
    void read();
    const stops = [
      backend.onTopic('alerts.changed', (changed) => {
        if (changed.environment === environment) void read();
      }),
      backend.onMissed(() => void read()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [backend, environment, read]);
  const change = useCallback(
    async (work: () => Promise<unknown>) => {
      try {
        await work();
        await read();
        return true;
      } catch (error) {
        setFailure(messageOf(error));
        return false;
      }
    },
    [read],
  );
  return { state, failure, change };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
