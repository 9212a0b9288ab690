import { useEffect, useMemo } from 'react';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { FilterBar } from '../../app/filters/FilterBar.tsx';
import { useIsNarrow } from '../../parts/use-is-narrow.ts';
import { useAddress } from '../../state/address-store.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { CohortFilters } from './CohortFilters.tsx';
import { CohortPanel } from './CohortPanel.tsx';
import { CurvesTile } from './CurvesTile.tsx';
import { FirstReactionTile } from './FirstReactionTile.tsx';
import { LifecycleTile } from './LifecycleTile.tsx';
import { PageChoice } from './PageChoice.tsx';
import { RetentionTile } from './RetentionTile.tsx';
import { SavedView } from './saved/SavedView.tsx';
import { ShiftTile } from './ShiftTile.tsx';
import { StickinessTile } from './StickinessTile.tsx';
import { comparedFinding, ComparedTile } from './ComparedTile.tsx';
import { cohortRefOf } from '../../state/cohort-choice.ts';
import { cohortLabel } from '../../state/saved-cohorts-store.ts';
import { type Against, type Cohorts, useCohorts } from './use-cohorts.ts';
import { pageName } from './words.ts';
import './cohorts-view.css';

interface CohortsViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

export function CohortsView(props: CohortsViewProps) {
  const page = useAddress(({ address }) => address.cohorts.page);
  return page === 'saved' ? <SavedView {...props} /> : <RetentionView {...props} />;
}

function RetentionView({ workspace, environment }: CohortsViewProps) {
  const address = useAddress((store) => store.address);
  const cohorts = useCohorts(workspace, environment, address);
  const { state, calendar, unfit, table, isFound } = cohorts;
  const finding = cohorts.against === null ? cohorts.finding : comparedFinding(cohorts, cohorts.against);
  const isNarrow = useIsNarrow();
  useEffect(() => {
    document.title = `Cohorts · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  const people = table?.rows.reduce((sum, { size }) => sum + size, 0);
  return (
    <div className="view-with-panel">
      <div className="view-column">
        <FilterBar
          calendar={calendar}
          environment={environment}
          unfit={unfit}
          tightTo={isNarrow || state.chosen !== null ? 0 : 1}
          matched={
            people !== undefined &&
            !isNarrow &&
            state.chosen === null &&
            state.page === 'retention' && (
              <>
                <strong>{formatCount(people)}</strong> {state.type === 'recurring' ? 'memberships' : 'people'}
              </>
            )
          }
        >
          <CohortFilters state={state} environment={environment} />
        </FilterBar>
        <AddressNotice />
        <header className="page-head page-head-row">
          <div className="page-head-text">
            <div className="page-crumb">Cohorts / {pageName(state)}</div>
            <h1 className="page-finding" aria-busy={!isFound}>
              {finding === null ? (
                <span>Reading…</span>
              ) : (
                <>
                  <strong>{finding.lead}</strong>
                  <span>{finding.rest}</span>
                </>
              )}
            </h1>
          </div>
          <div className="page-head-actions">
            <PageChoice />
          </div>
        </header>
        <div className="page-sheet">
          {state.page === 'retention' ? (
            cohorts.against === null ? (
              <RetentionPage cohorts={cohorts} />
            ) : (
              <ComparedPage cohorts={cohorts} against={cohorts.against} />
            )
          ) : (
            <LifecyclePage cohorts={cohorts} />
          )}
        </div>
      </div>
      {state.page === 'retention' && state.chosen !== null && (
        <CohortPanel cohorts={cohorts} start={state.chosen} />
      )}
    </div>
  );
}

function RetentionPage({ cohorts }: { cohorts: Cohorts }) {
  return (
    <div className="cohort-tiles">
      <RetentionTile cohorts={cohorts} />
      <CurvesTile cohorts={cohorts} />
      <ShiftTile cohorts={cohorts} />
      {cohorts.reactions.length > 0 && <FirstReactionTile cohorts={cohorts} />}
    </div>
  );
}

/** Two cohorts under one question, side by side. */
function ComparedPage({ cohorts, against }: { cohorts: Cohorts; against: Against }) {
  const beside = useMemo((): Cohorts => {
    const { asked, questions } = cohorts;
    return {
      ...cohorts,
      asked: { ...asked, people: cohortRefOf(against.choice) },
      questions: { ...questions, main: against.question },
      table: against.table,
      totals: against.totals,
    };
  }, [cohorts, against]);
  return (
    <div className="cohort-tiles cohort-tiles-compared">
      <RetentionTile cohorts={cohorts} whose={cohortLabel(cohorts.address.cohort)} />
      <RetentionTile cohorts={beside} id="retention-against" whose={cohortLabel(against.choice)} />
      <ComparedTile cohorts={cohorts} against={against} />
      <ShiftTile cohorts={cohorts} />
    </div>
  );
}

function LifecyclePage({ cohorts }: { cohorts: Cohorts }) {
  return (
    <div className="lifecycle-tiles">
      <LifecycleTile cohorts={cohorts} />
      <StickinessTile cohorts={cohorts} />
    </div>
  );
}
