import { create } from 'zustand';
import type { SavedView } from '../../shared/rpc/contract/views.ts';
import type { Backend } from '../link/backend.ts';
import { formatAddress, parseAddress } from './address.ts';
import { useAddress } from './address-store.ts';
import { useNotice } from './notice-store.ts';

/** The saved views of this data folder; null until they are read. */
export const useSavedViews = create<{ views: readonly SavedView[] | null }>()(() => ({ views: null }));

/** Keeps the list in step with the file, also when another window changes it; returns how to stop. */
export function followSavedViews(backend: Backend): () => void {
  const read = () => {
    backend.call('query.views', {}).then(
      ({ views }) => {
        useSavedViews.setState({ views });
      },
      () => undefined, // the link says why; the list stays as it was
    );
  };
  read();
  const stops = [backend.onTopic('views.changed', read), backend.onMissed(read)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** A saved address is read like a typed one: what no longer makes sense is named. */
export function openSavedView({ address: hash }: SavedView): void {
  const { address: known, go } = useAddress.getState();
  const { address, problems } = parseAddress(hash, known);
  go(address);
  if (problems.length > 0) useAddress.setState({ problems });
}

export const saveView = (backend: Backend, name: string): Promise<boolean> =>
  told(`Saved as ${name}`, async () => {
    const known = useSavedViews.getState().views?.find((view) => view.name === name);
    await backend.call('command.view.save', {
      viewId: known?.viewId ?? null,
      name,
      address: formatAddress(useAddress.getState().address),
    });
  });

export const removeSavedView = (backend: Backend, { viewId, name }: SavedView): Promise<boolean> =>
  told(`Removed ${name}`, async () => {
    await backend.call('command.view.remove', { viewId });
  });

async function told(done: string, change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
    useNotice.getState().say(done);
    return true;
  } catch (error) {
    useNotice.getState().warn(error instanceof Error ? error.message : 'That could not be saved');
    return false;
  }
}
