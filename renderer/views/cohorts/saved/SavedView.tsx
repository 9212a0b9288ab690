import { useEffect, useMemo, useState } from 'react';
import { formatQuantity } from '../../../../shared/format/numbers.ts';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import { AddressNotice } from '../../../app/AddressNotice.tsx';
import { openCohort } from '../../../cohorts/open-cohort.ts';
import { useAddress } from '../../../state/address-store.ts';
import { useSavedCohorts } from '../../../state/saved-cohorts-store.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { calendarOf } from '../../../state/span-of.ts';
import { PageChoice } from '../PageChoice.tsx';
import { CohortBuilder } from './CohortBuilder.tsx';
import { didRule } from './edit-rules.ts';
import { ListDialog } from './ListDialog.tsx';
import { SavedList } from './SavedList.tsx';
import './saved.css';

interface SavedViewProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
}

/** Saved cohorts: all of them, or one of them open with its rules. */
export function SavedView({ workspace, environment }: SavedViewProps) {
  const state = useAddress(({ address }) => address.cohorts);
  const cohorts = useSavedCohorts((store) => store.cohorts);
  const saved = cohorts?.find(({ cohortId }) => cohortId === state.saved) ?? null;
  if (saved !== null || state.draft !== null)
    return (
      <CohortBuilder
        key={saved?.cohortId ?? 'new'}
        workspace={workspace}
        environment={environment}
        saved={saved}
        draft={state.draft}
      />
    );
  return (
    <ListPage
      workspace={workspace}
      environment={environment}
      missing={cohorts === null ? null : state.saved}
    />
  );
}

function ListPage({ workspace, environment, missing }: SavedViewProps & { missing: string | null }) {
  const cohorts = useSavedCohorts((store) => store.cohorts);
  const address = useAddress((store) => store.address);
  const go = useAddress((store) => store.go);
  const [isPasting, setPasting] = useState(false);
  const calendar = useMemo(() => calendarOf(workspace, environment), [workspace, environment]);
  useEffect(() => {
    document.title = `Saved cohorts · ${workspace.name} · Tidemark`;
  }, [workspace.name]);
  return (
    <>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">Cohorts / Saved</div>
          <h1 className="page-finding" aria-busy={cohorts === null}>
            <strong>
              {cohorts === null
                ? 'Reading…'
                : cohorts.length === 0
                  ? 'No cohort is saved yet.'
                  : `${formatQuantity(cohorts.length, 'cohort is', 'cohorts are')} saved.`}
            </strong>
            <span>
              {missing === null
                ? ' Each filters every view, and can be compared.'
                : ` There is no cohort "${missing}".`}
            </span>
          </h1>
        </div>
        <div className="page-head-actions">
          <PageChoice />
          <button
            type="button"
            className="button"
            onClick={() => {
              setPasting(true);
            }}
          >
            From a list
          </button>
          <button
            type="button"
            className="button-primary"
            onClick={() => {
              go({
                cohorts: {
                  ...address.cohorts,
                  saved: null,
                  draft: { name: '', rules: [didRule(address.cohorts.anchor)] },
                },
              });
            }}
          >
            New cohort
          </button>
        </div>
      </header>
      <div className="page-sheet">
        <SavedList
          cohorts={cohorts ?? []}
          workspace={workspace}
          environment={environment}
          today={calendar.today}
        />
      </div>
      {isPasting && (
        <ListDialog
          environment={environment.environment}
          replaces={null}
          onClose={() => {
            setPasting(false);
          }}
          onSaved={(cohortId) => {
            setPasting(false);
            openCohort(cohortId);
          }}
        />
      )}
    </>
  );
}
