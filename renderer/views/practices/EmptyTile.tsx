import { daysBetween } from '../../../shared/format/calendar.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import type { QuestionState } from '../../link/coordinator.ts';
import { useQuestion } from '../../link/use-question.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FILTER_FIELDS, type FilterField } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { FIELD_LABELS, nameOf } from '../../state/names.ts';
import { sessionsQuestion } from './questions.ts';
import { hasFilters, type Practices } from './use-practices.ts';

interface EmptyTileProps {
  practices: Practices;
  what: 'sessions' | 'reactions';
}

/** Nothing matched: which filters exclude each other, and the removal that helps most. */
export function EmptyTile({ practices, what }: EmptyTileProps) {
  const { address } = practices;
  const go = useAddress((state) => state.go);
  const isFiltered = hasFilters(address);
  return (
    <div className="tile-block">
      <Icon name="excluded" />
      <h3>No {what} match</h3>
      {isFiltered ? (
        <Exclusion practices={practices} />
      ) : (
        <p>There are none in these {daysInWords(practices)}.</p>
      )}
      <div className="tile-block-actions">
        {isFiltered && <BestRemoval practices={practices} />}
        <button
          type="button"
          className="button"
          onClick={() => {
            go({ range: { preset: 'all' } });
          }}
        >
          Widen dates
        </button>
      </div>
    </div>
  );
}

function Exclusion({ practices }: { practices: Practices }) {
  const set = setFilters(practices);
  const best = useBestRemoval(practices);
  const names = set.map(({ inWords }) => inWords);
  const together = names.length === 1 ? `${names[0] ?? ''} has none` : `${joinWithAnd(names)} share none`;
  return (
    <p>
      {together} in these {daysInWords(practices)}.
      {best !== null &&
        best.sessions > 0 &&
        ` Without the ${best.label} there are ${formatCount(best.sessions)} sessions.`}
    </p>
  );
}

function BestRemoval({ practices }: { practices: Practices }) {
  const go = useAddress((state) => state.go);
  const best = useBestRemoval(practices);
  if (best === null || best.sessions === 0) {
    return (
      <button
        type="button"
        className="button-primary"
        onClick={() => {
          go({ cohort: 'all', filters: { locale: [], release: [], practice: [], master: [], state: [] } });
        }}
      >
        Remove all filters
      </button>
    );
  }
  return (
    <button
      type="button"
      className="button-primary"
      onClick={() => {
        if (best.field === 'cohort') go({ cohort: 'all' });
        else go({ filters: { ...practices.address.filters, [best.field]: [] } });
      }}
    >
      Remove {best.label}
    </button>
  );
}

type Removable = FilterField | 'cohort';

interface Removal {
  field: Removable;
  label: string;
  sessions: number;
}

/** Asks what there would be without each of the set filters; all tiles share the same questions. */
function useBestRemoval(practices: Practices): Removal | null {
  const counts = [
    useSessionsWithout(practices, 'cohort'),
    useSessionsWithout(practices, 'locale'),
    useSessionsWithout(practices, 'release'),
    useSessionsWithout(practices, 'practice'),
    useSessionsWithout(practices, 'master'),
    useSessionsWithout(practices, 'state'),
  ].filter((removal) => removal !== null);
  return counts.reduce<Removal | null>(
    (best, each) => (each.sessions > (best?.sessions ?? -1) ? each : best),
    null,
  );
}

function useSessionsWithout(practices: Practices, field: Removable): Removal | null {
  const { address, environment, span } = practices;
  const isSet = field === 'cohort' ? address.cohort !== 'all' : address.filters[field].length > 0;
  const asked = { address, environment: environment.environment, span };
  const { state } = useQuestion(`practices.without-${field}`, isSet ? sessionsQuestion(asked, field) : null);
  const sessions = totalOf(state);
  if (!isSet || sessions === null) return null;
  return { field, sessions, label: field === 'cohort' ? 'cohort' : FIELD_LABELS[field].toLowerCase() };
}

function totalOf(state: QuestionState): number | null {
  if (state.status !== 'ready' || state.good.answer.kind !== 'trend') return null;
  return state.good.answer.result.series[0]?.total ?? null;
}

function setFilters({ address, environment }: Practices): { inWords: string }[] {
  const cohort = address.cohort === 'all' ? [] : [{ inWords: `Cohort ${address.cohort}` }];
  const fields = FILTER_FIELDS.filter((field) => address.filters[field].length > 0).map((field) => ({
    inWords: `${FIELD_LABELS[field].toLowerCase()} ${address.filters[field].map((value) => nameOf(field, value, environment)).join(' or ')}`,
  }));
  const all = [...cohort, ...fields];
  return all.map(({ inWords }, index) => ({ inWords: index === 0 ? capitalise(inWords) : inWords }));
}

const daysInWords = ({ span }: Practices): string =>
  formatQuantity(daysBetween(span.from, span.to) + 1, 'day');
const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function joinWithAnd(names: readonly string[]): string {
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} and ${last ?? ''}`;
}
