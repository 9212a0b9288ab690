import { daysBetween } from '../../shared/format/calendar.ts';
import { formatCount, formatQuantity } from '../../shared/format/numbers.ts';
import type { Answer } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { useQuestions } from '../link/use-question.ts';
import { Icon } from '../parts/Icon.tsx';
import type { ViewAddress } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { uncapitalise } from '../state/event-names.ts';
import { cohortLabel } from '../state/saved-cohorts-store.ts';
import type { DateSpan } from '../state/date-presets.ts';
import { FIELD_LABELS, nameOf } from '../state/names.ts';
import { type BarField, BAR_FIELDS, isFieldSet } from '../state/question-parts.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';

export interface EmptyTileProps {
  /** What there is none of: "sessions". */
  what: string;
  address: ViewAddress;
  environment: EnvironmentInfo;
  span: DateSpan;
  /** Filters that the view applies. */
  fields?: readonly BarField[];
  count: {
    /** Place of its questions. */
    slot: string;
    /** What is counted: "sessions". */
    unit: string;
    without: (field: BarField) => QuerySpecInput;
    of: (answer: Answer) => number | null;
  };
}

/** Nothing matched: which filters exclude each other, and the removal that helps most. */
export function EmptyTile(props: EmptyTileProps) {
  const { what } = props;
  const go = useAddress((state) => state.go);
  const isFiltered = setFields(props).length > 0;
  return (
    <div className="tile-block">
      <Icon name="excluded" />
      <h3>No {what} match</h3>
      {isFiltered ? <Exclusion {...props} /> : <p>There are none in these {daysInWords(props)}.</p>}
      <div className="tile-block-actions">
        {isFiltered && <BestRemoval {...props} />}
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

function Exclusion(props: EmptyTileProps) {
  const best = useBestRemoval(props);
  const names = setFiltersInWords(props);
  const together = names.length === 1 ? `${names[0] ?? ''} has none` : `${joinWithAnd(names)} share none`;
  return (
    <p>
      {together} in these {daysInWords(props)}.
      {best !== null &&
        best.count > 0 &&
        ` Without the ${labelOf(best.field)} there are ${formatCount(best.count)} ${props.count.unit}.`}
    </p>
  );
}

function BestRemoval(props: EmptyTileProps) {
  const go = useAddress((state) => state.go);
  const best = useBestRemoval(props);
  if (best === null || best.count === 0) {
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
  const { field } = best;
  return (
    <button
      type="button"
      className="button-primary"
      onClick={() => {
        if (field === 'cohort') go({ cohort: 'all' });
        else go({ filters: { ...props.address.filters, [field]: [] } });
      }}
    >
      Remove {labelOf(field)}
    </button>
  );
}

/** Asks what there would be without each of the set filters; all tiles of a view share the same questions. */
function useBestRemoval(props: EmptyTileProps): { field: BarField; count: number } | null {
  const { slot, without, of } = props.count;
  const fields = setFields(props);
  const questions = useQuestions(
    fields.map((field) => ({ slot: `${slot}.without-${field}`, spec: without(field) })),
  );
  return questions
    .flatMap(({ state }, index) => {
      const field = fields[index];
      const count = state.status === 'ready' ? of(state.good.answer) : null;
      return field === undefined || count === null ? [] : [{ field, count }];
    })
    .reduce<{ field: BarField; count: number } | null>(
      (best, each) => (each.count > (best?.count ?? -1) ? each : best),
      null,
    );
}

const setFields = ({ address, fields = BAR_FIELDS }: EmptyTileProps): BarField[] =>
  fields.filter((field) => isFieldSet(address, field));

function setFiltersInWords(props: EmptyTileProps): string[] {
  const { address, environment } = props;
  return setFields(props)
    .map((field) => {
      if (field === 'cohort') return `cohort ${uncapitalise(cohortLabel(address.cohort))}`;
      const names = address.filters[field].map((value) => nameOf(field, value, environment));
      return `${labelOf(field)} ${names.join(' or ')}`;
    })
    .map((text, index) => (index === 0 ? capitalise(text) : text));
}

const labelOf = (field: BarField): string =>
  field === 'cohort' ? 'cohort' : FIELD_LABELS[field].toLowerCase();
const daysInWords = ({ span }: EmptyTileProps): string =>
  formatQuantity(daysBetween(span.from, span.to) + 1, 'day');
const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function joinWithAnd(names: readonly string[]): string {
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} and ${last ?? ''}`;
}
