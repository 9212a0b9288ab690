import { create } from 'zustand';
import type { WatchItem } from '../../../../shared/alerts/watch.ts';
import type { AlertFiring, AlertsState } from '../../../../shared/rpc/contract/alerts.ts';

interface Fired {
  environment: string;
  /** One per incident, newest first. */
  firings: readonly AlertFiring[];
  /** Entries of the watch list that somebody chose. */
  watch: readonly WatchItem[];
}

const NOTHING: Fired = { environment: '', firings: [], watch: [] };

/** What fired in the environment on screen, for every chart that shows what was judged. */
export const useFirings = create<Fired>()(() => NOTHING);

export function keepFirings(environment: string, { firings, settings }: AlertsState): void {
  useFirings.setState({
    environment,
    firings: firings.filter(({ firingId, groupId }) => firingId === groupId),
    watch: settings.watch ?? [],
  });
}
