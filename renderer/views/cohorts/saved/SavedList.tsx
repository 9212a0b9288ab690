import { useState } from 'react';
import { formatCount, formatRate } from '../../../../shared/format/numbers.ts';
import { toLocalDate } from '../../../../shared/format/local-time.ts';
import { formatDate } from '../../../../shared/format/calendar.ts';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import type { SavedCohort } from '../../../../shared/rpc/contract/cohorts.ts';
import { useServices } from '../../../app/services.ts';
import { definitionInWords, kindInWords } from '../../../cohorts/definition-words.ts';
import { openCohort } from '../../../cohorts/open-cohort.ts';
import { sizeIn, sizeQuestion } from '../../../cohorts/size-question.ts';
import { type Question, useQuestion, useQuestions } from '../../../link/use-question.ts';
import { ActionMenu, type MenuAction } from '../../../parts/ActionMenu.tsx';
import { PlainTile } from '../../../parts/PlainTile.tsx';
import { PopoverButton } from '../../../parts/PopoverButton.tsx';
import { inView } from '../../../state/address.ts';
import { useAddress } from '../../../state/address-store.ts';
import { savedChoice } from '../../../state/cohort-choice.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { duplicateCohort, removeCohort } from './cohort-commands.ts';
import { type CohortUses, usesInWords, useUses } from './uses.ts';

interface SavedListProps {
  cohorts: readonly SavedCohort[];
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  today: string;
}

const MOST_COUNTED = 60; // questions at once; further ones are counted where they are opened

/** Every saved cohort with how many people it holds now, what uses it and what can be done with it. */
export function SavedList({ cohorts, workspace, environment, today }: SavedListProps) {
  const everybody = useQuestion('cohort.everybody', sizeQuestion(environment.environment, null));
  const sizes = useQuestions(
    cohorts.slice(0, MOST_COUNTED).map(({ cohortId }) => ({
      slot: `cohort.size-${cohortId}`,
      spec: sizeQuestion(environment.environment, cohortId),
    })),
  );
  const usesOf = useUses(environment.environment);
  const isBusy = sizes.some(({ state }) => state.fetching !== null);
  return (
    <PlainTile
      id="saved-cohorts"
      title="Saved cohorts"
      subtitle="people with any event, counted now"
      isBusy={isBusy}
    >
      {cohorts.length === 0 ? (
        <p className="cohort-none">
          Nothing is saved yet. Read or point at a mark of a chart and press S, begin with a rule, or paste a
          list.
        </p>
      ) : (
        <div className="cohort-list-scroll">
          <table className="cohort-list">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Who</th>
                <th scope="col" data-number>
                  People
                </th>
                <th scope="col" data-number>
                  % of all
                </th>
                <th scope="col">Kind</th>
                <th scope="col">Changed</th>
                <th scope="col">Used by</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {cohorts.map((cohort, index) => (
                <CohortRow
                  key={cohort.cohortId}
                  cohort={cohort}
                  question={sizes[index]}
                  all={sizeIn(everybody)}
                  uses={usesOf(cohort.cohortId)}
                  changed={formatDate(toLocalDate(cohort.changedAt, workspace.zone), today)}
                  environment={environment}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </PlainTile>
  );
}

interface CohortRowProps {
  cohort: SavedCohort;
  question: Question | undefined;
  all: number | null;
  uses: CohortUses;
  changed: string;
  environment: EnvironmentInfo;
}

function CohortRow({ cohort, question, all, uses, changed, environment }: CohortRowProps) {
  const { cohortId, name, definition, listedUsers } = cohort;
  const size = question === undefined ? null : sizeIn(question);
  const words =
    definition === null
      ? `A list of ${formatCount(listedUsers ?? 0)} ids`
      : definitionInWords(definition, environment);
  return (
    <tr data-saved={cohortId}>
      <th scope="row">
        <button
          type="button"
          className="cohort-open"
          onClick={() => {
            openCohort(cohortId);
          }}
        >
          {name}
        </button>
      </th>
      <td className="cohort-who" title={words}>
        {words}
      </td>
      <td data-number data-key="size">
        {question?.state.status === 'failed' ? (
          <span title={question.state.failure.message}>not known</span>
        ) : size === null ? (
          '…'
        ) : (
          formatCount(size)
        )}
      </td>
      <td data-number data-key="share">
        {formatRate(size === null || all === null || all === 0 ? null : size / all)}
      </td>
      <td>{kindInWords(definition)}</td>
      <td>{changed}</td>
      <td className="cohort-who" title={usesInWords(uses)}>
        {usesInWords(uses) || '–'}
      </td>
      <td>
        <CohortActions cohort={cohort} uses={uses} environment={environment.environment} />
      </td>
    </tr>
  );
}

type ActionId = 'filter' | 'compare' | 'duplicate' | 'remove';

const ACTIONS: readonly MenuAction<ActionId>[] = [
  { id: 'filter', label: 'Filter by it', icon: 'excluded' },
  { id: 'compare', label: 'Compare its retention with all', icon: 'compare' },
  { id: 'duplicate', label: 'Duplicate', icon: 'copy' },
  { id: 'remove', label: 'Remove', icon: 'trash' },
];

interface CohortActionsProps {
  cohort: SavedCohort;
  uses: CohortUses;
  environment: string;
}

export function CohortActions({ cohort, uses, environment }: CohortActionsProps) {
  const { backend } = useServices();
  const place = { backend, environment };
  const [isAsking, setAsking] = useState(false);
  const used = usesInWords(uses);
  const remove = async () => {
    if ((await removeCohort(place, cohort)) !== null) leaveCohort(cohort.cohortId);
  };
  const run = (id: ActionId) => {
    const { address, go } = useAddress.getState();
    const choice = savedChoice(cohort.cohortId);
    if (id === 'filter') go({ ...inView(address, 'practices'), cohort: choice });
    if (id === 'compare')
      go({
        cohort: choice,
        cohorts: {
          ...address.cohorts,
          page: 'retention',
          against: 'all',
          saved: null,
          draft: null,
          chosen: null,
        },
      });
    if (id === 'duplicate') void duplicateCohort(place, cohort);
    if (id === 'remove') void remove();
  };
  return (
    <PopoverButton
      label={`Actions for ${cohort.name}`}
      value=""
      opens={isAsking ? 'dialog' : 'menu'}
      look="button"
      icon="more"
      isIconOnly
      align="end"
    >
      {(close) =>
        isAsking ? (
          <div className="cohort-warning" role="group" aria-label="Remove a cohort that is used">
            <p>
              {cohort.name} is used by {used}. Without it they are refused until it is undone or they name
              another one.
            </p>
            <div className="save-cohort-actions">
              <button
                type="button"
                className="button-quiet"
                autoFocus
                onClick={() => {
                  setAsking(false);
                  close();
                }}
              >
                Keep it
              </button>
              <button
                type="button"
                className="button"
                onClick={() => {
                  setAsking(false);
                  close();
                  run('remove');
                }}
              >
                Remove
              </button>
            </div>
          </div>
        ) : (
          <ActionMenu
            label={`Actions for ${cohort.name}`}
            actions={ACTIONS}
            onRun={(id) => {
              if (id === 'remove' && used !== '') {
                setAsking(true);
                return;
              }
              close();
              run(id);
            }}
          />
        )
      }
    </PopoverButton>
  );
}

/** What no longer is cannot stay open or filter. */
function leaveCohort(cohortId: string): void {
  const { address, go } = useAddress.getState();
  const choice = savedChoice(cohortId);
  go({
    ...(address.cohort === choice ? { cohort: 'all' } : {}),
    cohorts: {
      ...address.cohorts,
      saved: address.cohorts.saved === cohortId ? null : address.cohorts.saved,
      against: address.cohorts.against === choice ? null : address.cohorts.against,
    },
  });
}
