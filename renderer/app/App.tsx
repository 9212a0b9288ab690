import { useEffect } from 'react';
import { formatCount } from '../../shared/format/numbers.ts';
import { followAddressBar, useAddress } from '../state/address-store.ts';
import { followSession } from '../state/follow-session.ts';
import { followTheme } from '../state/interface-store.ts';
import { isOperateView, type OperateView as OperateViewId } from '../state/operate-address.ts';
import { followProposals } from '../state/proposal-store.ts';
import { followSavedViews } from '../state/saved-views-store.ts';
import { environmentOf, useSession } from '../state/session-store.ts';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { useIsRail } from '../parts/use-is-narrow.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';
import { AlertNotice } from '../views/alerts/AlertNotice.tsx';
import { AlertsView } from '../views/alerts/AlertsView.tsx';
import { CohortsView } from '../views/cohorts/CohortsView.tsx';
import { EngagementView } from '../views/engagement/EngagementView.tsx';
import { ExploreView } from '../views/explore/ExploreView.tsx';
import { FeaturesView } from '../views/features/FeaturesView.tsx';
import { FunnelsView } from '../views/funnels/FunnelsView.tsx';
import { JourneysView } from '../views/journeys/JourneysView.tsx';
import { Notes } from '../notes/Notes.tsx';
import { useNoteKeys } from '../notes/use-note-keys.ts';
import { MastersView } from '../views/masters/MastersView.tsx';
import { SubjectView } from '../views/practice/SubjectView.tsx';
import { SignalsView } from '../views/signals/SignalsView.tsx';
import { UsageView } from '../views/usage/UsageView.tsx';
import { FreshnessView } from '../views/freshness/FreshnessView.tsx';
import { PracticesView } from '../views/practices/PracticesView.tsx';
import { QuarantineView } from '../views/quarantine/QuarantineView.tsx';
import { SettingsView } from '../views/settings/SettingsView.tsx';
import { SourcesView } from '../views/sources/SourcesView.tsx';
import { PeopleMenu } from '../cohorts/PeopleMenu.tsx';
import { SaveCohort } from '../cohorts/SaveCohort.tsx';
import { usePeopleKeys } from '../cohorts/use-people-keys.ts';
import { followSavedCohorts } from '../state/saved-cohorts-store.ts';
import { FirstRun } from './FirstRun.tsx';
import { KeyList } from './KeyList.tsx';
import { NoticeLine } from './NoticeLine.tsx';
import { Palette } from './palette/Palette.tsx';
import { Passport } from './passport/Passport.tsx';
import { ReloadNeeded, WorkspaceFailed } from './Messages.tsx';
import { ProposalNotice } from './ProposalNotice.tsx';
import { type Services, ServicesContext } from './services.ts';
import { SelectionLine } from './SelectionLine.tsx';
import { Sidebar } from './Sidebar.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TitleBar } from './TitleBar.tsx';
import { useLinkedValues } from './use-linked-values.ts';
import { useKeys } from './use-keys.ts';
import './app.css';
import './page.css';

export function App({ services }: { services: Services }) {
  const { backend, coordinator } = services;
  useEffect(followTheme, []);
  useEffect(followAddressBar, []);
  useEffect(followProposals, []);
  useEffect(() => followSession(backend, coordinator), [backend, coordinator]);
  useEffect(() => followSavedViews(backend), [backend]);
  useKeys(services);
  useNoteKeys();
  usePeopleKeys();
  useFollowedCohorts(services);
  useLinkedValues();
  const isRail = useIsRail();
  return (
    <ServicesContext value={services}>
      <div className="app" data-rail={isRail}>
        <TitleBar />
        <Sidebar />
        <div className="app-body">
          <main className="app-main" id="main">
            <Content />
            <Passport />
          </main>
          <Notes />
        </div>
        <StatusBar />
      </div>
      <KeyList />
      <Palette />
      <PeopleMenu />
      <SelectionLine />
      <NoticeLine />
      <AlertNotice />
    </ServicesContext>
  );
}

/** The list is that of the environment that is open. */
function useFollowedCohorts(services: Services): void {
  const workspace = useSession((state) => state.workspace);
  const wanted = useAddress(({ address }) => address.environment);
  const environment = environmentOf(workspace, wanted)?.environment ?? null;
  useEffect(
    () => (environment === null ? undefined : followSavedCohorts(services, environment)),
    [services, environment],
  );
}

function Content() {
  const workspace = useSession((state) => state.workspace);
  const failure = useSession((state) => state.workspaceFailure);
  const link = useSession((state) => state.link);
  const wanted = useAddress(({ address }) => address.environment);
  const view = useAddress(({ address }) => address.view);
  if (link === 'reload-needed' || link === 'login-needed') return <ReloadNeeded link={link} />;
  if (workspace === null) {
    if (failure === null) return null;
    if (failure.code === 'not-found' && view === 'sources')
      return <SourcesView workspace={null} environment={null} />;
    return failure.code === 'not-found' ? (
      <FirstRun workspace={null} />
    ) : (
      <WorkspaceFailed failure={failure} />
    );
  }
  const environment = environmentOf(workspace, wanted);
  if (isOperateView(view)) return <OperateView workspace={workspace} environment={environment} view={view} />;
  if (environment === null || environment.events === 0) return <FirstRun workspace={workspace} />;
  return (
    <>
      <SyncStrip sources={workspace.sources} environment={environment.environment} />
      <ProposalNotice environment={environment} />
      <OpenView workspace={workspace} environment={environment} />
      <SaveCohort environment={environment} />
    </>
  );
}

function OpenView(props: { workspace: WorkspaceInfo; environment: EnvironmentInfo }) {
  const view = useAddress(({ address }) => address.view);
  switch (view) {
    case 'practices':
      return <PracticesView {...props} />;
    case 'masters':
      return <MastersView {...props} />;
    case 'practice':
    case 'master':
      return <SubjectView {...props} kind={view} />;
    case 'funnels':
      return <FunnelsView {...props} />;
    case 'cohorts':
      return <CohortsView {...props} />;
    case 'engagement':
      return <EngagementView {...props} />;
    case 'explore':
      return <ExploreView {...props} />;
    case 'journeys':
      return <JourneysView {...props} />;
    case 'usage':
      return <UsageView {...props} />;
    case 'features':
      return <FeaturesView {...props} />;
    case 'signals':
      return <SignalsView {...props} />;
    case 'alerts':
      return <AlertsView {...props} />;
    case 'freshness':
    case 'quarantine':
    case 'sources':
    case 'settings':
      return null; // they need no event
  }
}

interface OperateViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo | null;
  view: OperateViewId;
}

function OperateView({ workspace, environment, view }: OperateViewProps) {
  switch (view) {
    case 'freshness':
      return <FreshnessView workspace={workspace} environment={environment} />;
    case 'quarantine':
      return <QuarantineView workspace={workspace} />;
    case 'sources':
      return <SourcesView workspace={workspace} environment={environment} />;
    case 'settings':
      return <SettingsView workspace={workspace} />;
  }
}

/**
 * Views open as their days arrive: while a source is read for the first time, what is shown is what has come so far. A
 * later sync is told by the bars of the window and moves nothing on the page.
 */
function SyncStrip({ sources, environment }: { sources: WorkspaceInfo['sources']; environment: string }) {
  const sync = useSession((state) => state.sync);
  const isFirst = sources.some((source) => source.environment === environment && source.lastSyncAt === null);
  if (!isFirst || sync?.state !== 'running' || sync.filesTotal === 0) return null;
  const { filesDone, filesTotal, counts } = sync;
  return (
    <div className="sync-strip" role="status">
      <progress value={filesDone} max={filesTotal} aria-label="Files read" />
      <span>
        {formatCount(filesDone)} of {formatCount(filesTotal)} files, {formatCount(counts.kept)} events kept.
        Numbers follow as they arrive.
      </span>
    </div>
  );
}
