import { useEffect, useMemo } from 'react';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { useServices } from '../app/services.ts';
import { useAddress } from '../state/address-store.ts';
import { environmentOf, type EnvironmentInfo, useSession } from '../state/session-store.ts';
import { calendarOf, spanOf } from '../state/span-of.ts';
import { useExportChoice } from './export-choice.ts';
import { followNotes, syncOnFocus } from './follow-notes.ts';
import { NotesPanel } from './NotesPanel.tsx';
import { useNotes } from './notes-store.ts';
import { PrintedNotes } from './PrintedNotes.tsx';
import './panel.css';
import './pins.css';

/** Notes of the open view: kept in step, and their panel while it is open. */
export function Notes() {
  const workspace = useSession((state) => state.workspace);
  const link = useSession((state) => state.link);
  const wanted = useAddress(({ address }) => address.environment);
  const environment = environmentOf(workspace, wanted);
  const isSignedOut = link === 'reload-needed' || link === 'login-needed';
  if (workspace === null || environment === null || environment.events === 0 || isSignedOut) return null;
  return <OpenNotes workspace={workspace} environment={environment} />;
}

function OpenNotes({ workspace, environment }: { workspace: WorkspaceInfo; environment: EnvironmentInfo }) {
  const { backend } = useServices();
  const { view, range } = useAddress(({ address }) => address);
  const isPanelOpen = useNotes((state) => state.isPanelOpen);
  const name = environment.environment;
  const { from, to } = spanOf(range, calendarOf(workspace, environment));
  useEffect(
    () => followNotes(backend, { environment: name, view, span: { from, to } }),
    [backend, name, view, from, to],
  );
  useEffect(() => syncOnFocus(backend, name), [backend, name]);
  const hasNotes = useExportChoice((state) => state.hasNotes);
  useEffect(() => {
    document.documentElement.dataset['printsNotes'] = String(hasNotes);
  }, [hasNotes]);
  const { today } = calendarOf(workspace, environment);
  const surroundings = useMemo(
    () => ({ environment, zone: workspace.zone, today }),
    [environment, workspace.zone, today],
  );
  return (
    <>
      <PrintedNotes view={view} surroundings={surroundings} />
      {isPanelOpen && <NotesPanel workspace={workspace} environment={environment} />}
    </>
  );
}
