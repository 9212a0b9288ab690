import { useEffect, useMemo, useState } from 'react';
import { formatDate, formatDateRange } from '../../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate, NOT_DEFINED } from '../../../../shared/format/numbers.ts';
import type { CohortRef } from '../../../../shared/query/cohort.ts';
import type { SavedCohort } from '../../../../shared/rpc/contract/cohorts.ts';
import type { WorkspaceInfo } from '../../../../shared/rpc/methods.ts';
import { AddressNotice } from '../../../app/AddressNotice.tsx';
import { useServices } from '../../../app/services.ts';
import { activeIn } from '../../../charts/lifecycle.ts';
import { definitionInWords } from '../../../cohorts/definition-words.ts';
import { openCohort } from '../../../cohorts/open-cohort.ts';
import { freshSizeIn, sizeIn, sizeQuestion } from '../../../cohorts/size-question.ts';
import { type Question, useQuestion } from '../../../link/use-question.ts';
import type { KeyFigure } from '../../../parts/key-figure.ts';
import { KeyFigures } from '../../../parts/KeyFigures.tsx';
import { DEFAULT_ADDRESS, type ViewAddress } from '../../../state/address.ts';
import { useAddress } from '../../../state/address-store.ts';
import type { CohortDraft } from '../../../state/cohorts-address.ts';
import { capitalise } from '../../../state/event-names.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { columnTotals, retentionTable } from '../columns.ts';
import { LifecycleTile } from '../LifecycleTile.tsx';
import { retentionQuestion } from '../questions.ts';
import { StickinessTile } from '../StickinessTile.tsx';
import { type Cohorts, retentionIn, useCohorts } from '../use-cohorts.ts';
import { columnName } from '../words.ts';
import { saveCohort } from './cohort-commands.ts';
import { ListDialog } from './ListDialog.tsx';
import { RulesForm } from './RulesForm.tsx';
import { CohortActions } from './SavedList.tsx';
import { type CohortUses, usesInWords, useUses } from './uses.ts';
import '../../funnels/builder/builder.css';

interface CohortBuilderProps {
  workspace: WorkspaceInfo;
  environment: EnvironmentInfo;
  /** What it began from; null: a new one. */
  saved: SavedCohort | null;
  /** null: as it is saved. */
  draft: CohortDraft | null;
}

/** One cohort: its rules left, who they are right. Every change of a rule is a step of the history. */
export function CohortBuilder({ workspace, environment, saved, draft }: CohortBuilderProps) {
  const address = useAddress((store) => store.address);
  const go = useAddress((store) => store.go);
  const { backend } = useServices();
  const [typedName, setTypedName] = useState<string | null>(null);
  const [isPasting, setPasting] = useState(false);
  const rules =
    draft?.rules ?? (saved?.definition != null && 'all' in saved.definition ? saved.definition.all : null);
  const name = typedName ?? draft?.name ?? saved?.name ?? '';
  const isChanged = isOther(rules, saved) || name.trim() !== (saved?.name ?? '');
  const people = useMemo(() => peopleOf(rules, saved), [rules, saved]);
  const view = useMemo(() => plainView(address), [address]);
  const cohorts = useCohorts(workspace, environment, view, people);
  const figures = useFigures(cohorts, people);
  const usesFor = useUses(environment.environment);
  const uses = saved === null ? null : usesFor(saved.cohortId);
  const canSave = isChanged && name.trim() !== '' && (rules === null || rules.length > 0);
  const save = async () => {
    if (!canSave) return;
    const definition = rules !== null ? { all: rules } : saved === null ? null : { sameAs: saved.cohortId };
    if (definition === null) return;
    const place = { backend, environment: environment.environment };
    const kept = await saveCohort(place, {
      cohortId: saved?.cohortId ?? null,
      name: name.trim(),
      definition,
    });
    if (kept === null) return;
    setTypedName(null);
    openCohort(kept.cohortId);
  };
  useSaveKey(() => void save());
  useEffect(() => {
    document.title = `${name === '' ? 'New cohort' : name} · ${workspace.name} · Tidemark`;
  }, [name, workspace.name]);
  const { size, all, week } = figures;
  return (
    <>
      <AddressNotice />
      <header className="page-head page-head-row">
        <div className="page-head-text">
          <div className="page-crumb">
            Cohorts /{' '}
            <button
              type="button"
              className="crumb-button"
              onClick={() => {
                go({ cohorts: { ...address.cohorts, saved: null, draft: null } });
              }}
            >
              Saved
            </button>{' '}
            / {saved?.name ?? 'New cohort'}
          </div>
          <h1 className="page-finding" aria-busy={size === null && people !== null}>
            <strong>
              {people === null
                ? 'No rule yet.'
                : size === null
                  ? 'Counting…'
                  : `${formatCount(size)} people match.`}
            </strong>
            <span>{findingRest(size, all, week)}</span>
          </h1>
        </div>
        <div className="page-head-actions">
          {isChanged && (
            <button
              type="button"
              className="button-quiet"
              onClick={() => {
                setTypedName(null);
                go({ cohorts: { ...address.cohorts, draft: null } });
              }}
            >
              Discard
            </button>
          )}
          {saved !== null && uses !== null && (
            <CohortActions cohort={saved} uses={uses} environment={environment.environment} />
          )}
          <button
            type="button"
            className="button-primary"
            disabled={!canSave}
            aria-keyshortcuts="Control+S"
            title="Save (Ctrl S)"
            onClick={() => void save()}
          >
            {saved === null ? 'Save cohort' : 'Save changes'}
          </button>
        </div>
      </header>
      <div className="builder">
        <div className="builder-form">
          <section className="builder-part" aria-label="Name">
            <label className="cohort-name">
              Name
              <input
                className="field"
                maxLength={200}
                value={name}
                placeholder="What it is called"
                autoFocus={saved === null}
                onChange={({ target }) => {
                  setTypedName(target.value);
                }}
              />
            </label>
          </section>
          {rules !== null ? (
            <RulesForm
              rules={rules}
              environment={environment}
              span={cohorts.span}
              onChange={(next) => {
                go({ cohorts: { ...address.cohorts, draft: { name, rules: next } } });
              }}
            />
          ) : (
            <FixedPart
              saved={saved}
              onReplace={() => {
                setPasting(true);
              }}
            />
          )}
          <p className="builder-words cohort-words">
            <strong>In words.</strong> {inWords(rules, saved, environment)}
          </p>
          {uses !== null && <UsedBy uses={uses} isChanged={isChanged} />}
        </div>
        <div className="cohort-result">
          {people !== null && (
            <>
              <KeyFigures figures={figures.shown} questions={figures.questions} />
              <LifecycleTile cohorts={cohorts} />
              <StickinessTile cohorts={cohorts} />
            </>
          )}
        </div>
      </div>
      {isPasting && saved !== null && (
        <ListDialog
          environment={environment.environment}
          replaces={saved}
          onClose={() => {
            setPasting(false);
          }}
          onSaved={() => {
            setPasting(false);
          }}
        />
      )}
    </>
  );
}

const isOther = (rules: CohortDraft['rules'] | null, saved: SavedCohort | null): boolean => {
  if (rules === null) return false;
  const known = saved?.definition != null && 'all' in saved.definition ? saved.definition.all : [];
  return JSON.stringify(rules) !== JSON.stringify(known);
};

/** Unsaved rules as they are; what is saved by its id, so that a list stays where it is. */
function peopleOf(rules: CohortDraft['rules'] | null, saved: SavedCohort | null): CohortRef | null {
  if (rules !== null && isOther(rules, saved)) return rules.length === 0 ? null : { all: rules };
  return saved?.cohortId ?? null;
}

/** A cohort is looked at without the filters of the view: they would be a further rule. */
const plainView = (address: ViewAddress): ViewAddress => ({
  ...address,
  cohort: 'all',
  compare: 'none',
  filters: DEFAULT_ADDRESS.filters,
});

function inWords(
  rules: CohortDraft['rules'] | null,
  saved: SavedCohort | null,
  environment: EnvironmentInfo,
): string {
  if (rules !== null)
    return rules.length === 0
      ? 'Everybody, until there is a rule.'
      : definitionInWords({ all: rules }, environment);
  if (saved?.definition != null) return definitionInWords(saved.definition, environment);
  return `A list of ${formatCount(saved?.listedUsers ?? 0)} ids, as they were pasted.`;
}

function FixedPart({ saved, onReplace }: { saved: SavedCohort | null; onReplace: () => void }) {
  if (saved === null) return null;
  const isList = saved.definition === null;
  return (
    <section className="builder-part" aria-label="Where it comes from">
      <div className="builder-part-head">
        <h2>{isList ? 'By a list' : 'From a mark'}</h2>
      </div>
      <p className="cohort-fixed">
        {isList
          ? `${formatCount(saved.listedUsers ?? 0)} ids were pasted. They stay as they are until the list is replaced.`
          : 'The rule is the question behind the mark that it was saved from. It is asked anew each time.'}
      </p>
      {isList && (
        <button type="button" className="button" onClick={onReplace}>
          Replace the list
        </button>
      )}
    </section>
  );
}

function UsedBy({ uses, isChanged }: { uses: CohortUses; isChanged: boolean }) {
  const words = usesInWords(uses);
  return (
    <p className="cohort-used" data-warn={isChanged && words !== ''}>
      {words === ''
        ? 'No saved view, alert or other cohort uses it.'
        : `Used by ${words}.${isChanged ? ' They follow what is saved here.' : ''}`}
    </p>
  );
}

interface Figures {
  size: number | null;
  all: number | null;
  /** Share back in the chosen period, of them and of everybody. */
  week: { own: number | null; all: number | null; name: string };
  shown: KeyFigure[];
  questions: Question[];
}

function useFigures(cohorts: Cohorts, people: CohortRef | null): Figures {
  const { environment, asked, state, buckets, questions, calendar, span } = cohorts;
  const own = useQuestion(
    'cohort.size',
    people === null ? null : sizeQuestion(environment.environment, people),
  );
  const everybody = useQuestion('cohort.everybody', sizeQuestion(environment.environment, null));
  const ownRetention = useQuestion(
    'cohort.retention',
    people === null ? null : retentionQuestion(asked, state.type),
  );
  const allRetention = useQuestion(
    'cohort.retention-all',
    retentionQuestion({ ...asked, people: null }, state.type),
  );
  const [size, all] = [freshSizeIn(own), sizeIn(everybody)];
  const name = columnName(state, state.column);
  const [ownRate, allRate] = [totalAt(ownRetention, state.column), totalAt(allRetention, state.column)];
  const last = buckets?.findLast(({ isPartial }) => !isPartial);
  const before = last === undefined ? undefined : buckets?.[buckets.indexOf(last) - 1];
  const active = last === undefined ? null : activeIn(last);
  const change = active === null || before === undefined ? null : active - activeIn(before);
  return {
    size,
    all,
    week: { own: ownRate?.value ?? null, all: allRate?.value ?? null, name },
    questions: [own, everybody, questions.lifecycle, ownRetention, allRetention],
    shown: [
      {
        id: 'people',
        label: 'People now',
        value: size === null ? NOT_DEFINED : formatCount(size),
        delta: size === null || all === null || all === 0 ? '' : `${formatRate(size / all)} of all`,
        isFailing: false,
        title: 'people of the cohort with any event, of all time',
      },
      {
        id: 'active',
        label:
          last === undefined
            ? `Last ${state.interval}`
            : `${capitalise(state.interval)} of ${formatDate(last.date, calendar.today)}`,
        value: active === null ? NOT_DEFINED : formatCount(active),
        delta: change === null ? '' : `${change < 0 ? '\u2212' : '+'}${formatCount(Math.abs(change))}`,
        isFailing: false,
        title: `people of the cohort active in the last whole ${state.interval}, against the one before`,
      },
      {
        id: 'back',
        label: `${capitalise(name)} return`,
        value: formatRate(ownRate?.value ?? null),
        delta: allRate?.value == null ? '' : `all ${formatRate(allRate.value)}`,
        isFailing: false,
        title: `of the cohorts of ${formatDateRange(span.from, span.to, calendar.today)}; n ${formatCount(ownRate?.n ?? 0)}`,
      },
    ],
  };
}

function totalAt(question: Question, column: number) {
  const answer = retentionIn(question);
  return answer === null ? undefined : columnTotals(retentionTable(answer))[column];
}

function findingRest(
  size: number | null,
  all: number | null,
  { own, all: everybody, name }: Figures['week'],
): string {
  if (size === null) return '';
  const share = all === null || all === 0 ? '' : ` ${formatRate(size / all)} of all.`;
  if (own === null || everybody === null) return share;
  return `${share} ${formatRate(own)} of them come back in ${name}, ${formatPoints(own - everybody)} against everybody.`;
}

/** Ctrl S saves, also out of a field. */
function useSaveKey(save: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      save();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  });
}
