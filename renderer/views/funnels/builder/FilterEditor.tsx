import { useState } from 'react';
import { FILTER_OPS, type PropertyFilter, type Scalar } from '../../../../shared/query/filter.ts';
import { useValues } from '../../../link/use-values.ts';
import { Chip } from '../../../parts/Chip.tsx';
import { Select } from '../../../parts/Select.tsx';
import { TextField } from '../../../parts/TextField.tsx';
import { FILTER_COLUMNS, sharedProperties } from '../../../state/breakdowns.ts';
import { opInWords } from '../../../state/filter-words.ts';

interface FilterEditorProps {
  /** Event type that is filtered; null: any. */
  event: string | null;
  environment: string;
  /** null: a new one. */
  filter: PropertyFilter | null;
  onSet: (filter: PropertyFilter) => void;
  onRemove: (() => void) | null;
}

type Op = (typeof FILTER_OPS)[number];

const SEVERAL: readonly Op[] = ['is', 'is_not', 'contains', 'not_contains', 'regex'];
const ORDERED: readonly Op[] = ['gt', 'gte', 'lt', 'lte'];

/** Property, comparison and values of one condition. */
export function FilterEditor({ event, environment, filter, onSet, onRemove }: FilterEditorProps) {
  const [property, setProperty] = useState(filter?.property ?? '');
  const [op, setOp] = useState<Op>(filter?.op ?? 'is');
  const [values, setValues] = useState<string[]>(valuesOf(filter));
  const { values: known } = useValues(environment, property, '');
  const made = makeFilter(property, op, values);
  return (
    <form
      className="filter-editor"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (made !== null) onSet(made);
      }}
    >
      <div className="filter-editor-row">
        <TextField
          label="Property"
          value={property}
          placeholder="Property"
          suggestions={[...sharedProperties([event]), ...FILTER_COLUMNS]}
          onSet={setProperty}
        />
        <Select
          label="Comparison"
          choices={FILTER_OPS.map((id) => ({ id, label: opInWords(id) }))}
          chosen={op}
          onChoose={setOp}
        />
      </div>
      <ValueFields
        op={op}
        values={values}
        suggestions={(known?.values ?? []).map(({ value }) => value)}
        onChange={setValues}
      />
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

interface ValueFieldsProps {
  op: Op;
  values: readonly string[];
  suggestions: readonly string[];
  onChange: (values: string[]) => void;
}

function ValueFields({ op, values, suggestions, onChange }: ValueFieldsProps) {
  if (op === 'is_set' || op === 'is_not_set') return null;
  if (op === 'between') {
    const [low = '', high = ''] = values;
    return (
      <div className="filter-editor-row">
        <TextField
          label="From"
          value={low}
          placeholder="From"
          onSet={(text) => {
            onChange([text, high]);
          }}
        />
        <TextField
          label="To"
          value={high}
          placeholder="To"
          onSet={(text) => {
            onChange([low, text]);
          }}
        />
      </div>
    );
  }
  if (ORDERED.includes(op)) {
    return (
      <div className="filter-editor-row">
        <TextField
          label="Value"
          value={values[0] ?? ''}
          placeholder="Value"
          onSet={(text) => {
            onChange([text]);
          }}
        />
      </div>
    );
  }
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
      <TextField
        label={values.length === 0 ? 'Value' : 'One more value'}
        value=""
        placeholder={values.length === 0 ? 'Value' : 'or'}
        suggestions={suggestions}
        isAdding
        onSet={(text) => {
          onChange([...new Set([...values, text])]);
        }}
      />
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
