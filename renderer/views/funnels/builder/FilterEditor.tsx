import { useId, useState } from 'react';
import { FILTER_OPS, type PropertyFilter, type Scalar } from '../../../../shared/query/filter.ts';
import { useValues } from '../../../link/use-values.ts';
import { Chip } from '../../../parts/Chip.tsx';
import { Select } from '../../../parts/Select.tsx';
import { FILTER_COLUMNS, sharedProperties } from '../../../state/breakdowns.ts';
import { opInWords } from '../../../state/filter-words.ts';

interface FilterEditorProps {
  /** Event type that is filtered; null: any. */
  event: string | null;
  environment: string;
  /** null: a new one. */
  filter: PropertyFilter | null;
  /** What is suggested; default: what events of this type carry. */
  properties?: readonly string[];
  onSet: (filter: PropertyFilter) => void;
  onRemove: (() => void) | null;
}

type Op = (typeof FILTER_OPS)[number];

const SEVERAL: readonly Op[] = ['is', 'is_not', 'contains', 'not_contains', 'regex'];

/** Property, comparison and values of one condition; what is still in the field counts as a value. */
export function FilterEditor(props: FilterEditorProps) {
  const { event, environment, filter, onSet, onRemove } = props;
  const { properties = [...sharedProperties([event]), ...FILTER_COLUMNS] } = props;
  const [property, setProperty] = useState(filter?.property ?? '');
  const [op, setOp] = useState<Op>(filter?.op ?? 'is');
  const [values, setValues] = useState<string[]>(valuesOf(filter));
  const [typed, setTyped] = useState('');
  const { values: known } = useValues(environment, property, '');
  const made = makeFilter(property.trim(), op, SEVERAL.includes(op) ? withTyped(values, typed) : values);
  return (
    <form
      className="filter-editor"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (made !== null) onSet(made);
      }}
    >
      <div className="filter-editor-row">
        <TypedField
          label="Property"
          value={property}
          suggestions={properties}
          takesFocus
          onType={setProperty}
        />
        <Select
          label="Comparison"
          choices={FILTER_OPS.map((id) => ({ id, label: opInWords(id) }))}
          chosen={op}
          onChoose={setOp}
        />
      </div>
      {SEVERAL.includes(op) ? (
        <SeveralValues
          values={values}
          typed={typed}
          suggestions={(known?.values ?? []).map(({ value }) => value)}
          onChange={setValues}
          onType={setTyped}
        />
      ) : (
        <Bounds op={op} values={values} onChange={setValues} />
      )}
      <div className="filter-editor-row filter-editor-actions">
        <button type="submit" className="button-primary" disabled={made === null}>
          {filter === null ? 'Add filter' : 'Set filter'}
        </button>
        {onRemove !== null && (
          <button type="button" className="button-quiet" onClick={onRemove}>
            Remove
          </button>
        )}
      </div>
    </form>
  );
}

const withTyped = (values: readonly string[], typed: string): string[] =>
  typed.trim() === '' ? [...values] : [...new Set([...values, typed.trim()])];

interface TypedFieldProps {
  label: string;
  value: string;
  suggestions?: readonly string[];
  takesFocus?: boolean;
  onType: (text: string) => void;
}

function TypedField({ label, value, suggestions = [], takesFocus = false, onType }: TypedFieldProps) {
  const id = useId();
  return (
    <>
      <input
        className="field"
        aria-label={label}
        placeholder={label}
        value={value}
        list={suggestions.length === 0 ? undefined : id}
        autoFocus={takesFocus}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => {
          onType(target.value);
        }}
      />
      <datalist id={id}>
        {suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
    </>
  );
}

interface SeveralValuesProps {
  values: readonly string[];
  typed: string;
  suggestions: readonly string[];
  onChange: (values: string[]) => void;
  onType: (text: string) => void;
}

/** Any of several: each becomes a chip when another one is wanted. */
function SeveralValues({ values, typed, suggestions, onChange, onType }: SeveralValuesProps) {
  return (
    <div className="filter-editor-row">
      {values.map((value) => (
        <Chip
          key={value}
          text={value}
          onRemove={() => {
            onChange(values.filter((each) => each !== value));
          }}
        />
      ))}
      <TypedField
        label={values.length === 0 ? 'Value' : 'or'}
        value={typed}
        suggestions={suggestions}
        onType={onType}
      />
      <button
        type="button"
        className="button-quiet"
        disabled={typed.trim() === ''}
        onClick={() => {
          onChange(withTyped(values, typed));
          onType('');
        }}
      >
        or another
      </button>
    </div>
  );
}

interface BoundsProps {
  op: Op;
  values: readonly string[];
  onChange: (values: string[]) => void;
}

function Bounds({ op, values, onChange }: BoundsProps) {
  const [low = '', high = ''] = values;
  if (op === 'is_set' || op === 'is_not_set') return null;
  return (
    <div className="filter-editor-row">
      <TypedField
        label={op === 'between' ? 'From' : 'Value'}
        value={low}
        onType={(text) => {
          onChange([text, high]);
        }}
      />
      {op === 'between' && (
        <TypedField
          label="To"
          value={high}
          onType={(text) => {
            onChange([low, text]);
          }}
        />
      )}
    </div>
  );
}

function valuesOf(filter: PropertyFilter | null): string[] {
  if (filter === null || !('value' in filter)) return [];
  return Array.isArray(filter.value) ? filter.value.map(String) : [String(filter.value)];
}

/** null while something is missing. */
function makeFilter(property: string, op: Op, values: readonly string[]): PropertyFilter | null {
  if (property === '') return null;
  if (op === 'is_set' || op === 'is_not_set') return { property, op };
  const [first, second] = values;
  if (first === undefined || first === '') return null;
  if (op === 'between')
    return second === undefined || second === ''
      ? null
      : { property, op, value: [toScalar(first), toScalar(second)] };
  if (op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte')
    return { property, op, value: toScalar(first) };
  if (op === 'regex' && !values.every(isRegularExpression)) return null;
  return SEVERAL.includes(op) ? { property, op, value: values.length === 1 ? first : [...values] } : null;
}

/** Numbers are compared as numbers. */
const toScalar = (text: string): Scalar => (Number.isNaN(Number(text)) ? text : Number(text));

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false; // unfinished while it is typed
  }
}
