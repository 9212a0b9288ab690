import type { ReactNode } from 'react';
import type { Filter, PropertyFilter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { isCalendarDate } from '../../../shared/format/calendar.ts';
import { useValues } from '../../link/use-values.ts';
import { Icon } from '../../parts/Icon.tsx';
import { PopoverButton } from '../../parts/PopoverButton.tsx';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { sharedProperties, FILTER_COLUMNS } from '../../state/breakdowns.ts';
import { filterInWords } from '../../state/filter-words.ts';
import { formatBreakdown, parseBreakdown } from '../../state/funnels-address.ts';
import { FilterEditor } from '../funnels/builder/FilterEditor.tsx';
import {
  type FormField,
  KIND_CHOICES,
  KIND_FIELDS,
  LIST_OF,
  MEASURE_CHOICES,
  needsProperty,
  type Path,
  valueAt,
  withValue,
} from './form-fields.ts';
import { ofKind } from './start-spec.ts';
import { filtersIn } from './words.ts';

interface QuestionFormProps {
  spec: QuerySpecInput;
  environment: string;
  experimentId: string;
  onChange: (spec: QuerySpecInput) => void;
}

/** The question field by field; what the form does not offer stays as the text has it. */
export function QuestionForm(props: QuestionFormProps) {
  const { spec, environment, experimentId, onChange } = props;
  const list = LIST_OF[spec.kind];
  return (
    <div className="question-form">
      <Labelled label="Kind">
        <Select
          label="Kind"
          choices={KIND_CHOICES}
          chosen={spec.kind}
          onChoose={(kind) => {
            onChange(ofKind(spec, kind, experimentId));
          }}
        />
      </Labelled>
      {list !== undefined && <EventRows {...props} list={list} />}
      <div className="question-pair">
        {KIND_FIELDS[spec.kind].map((field) => (
          <Field key={field.label} {...props} field={field} />
        ))}
      </div>
      <Dates spec={spec} onChange={onChange} />
      <Where spec={spec} environment={environment} onChange={onChange} />
      <div className="question-pair">
        <Breakdown {...props} />
        <Compare {...props} />
      </div>
    </div>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="question-field">
      <span className="question-label" aria-hidden="true">
        {label}
      </span>
      {children}
    </div>
  );
}

function Field({ field, ...props }: QuestionFormProps & { field: FormField }) {
  const { spec, onChange } = props;
  const set = (value: unknown) => {
    onChange(withValue(spec, field.path, value));
  };
  return (
    <Labelled label={field.label}>
      <FieldInput
        field={field}
        value={valueAt(spec, field.path)}
        environment={props.environment}
        onSet={set}
      />
    </Labelled>
  );
}

interface FieldInputProps {
  field: FormField;
  value: unknown;
  environment: string;
  onSet: (value: unknown) => void;
}

function FieldInput({ field, value, environment, onSet }: FieldInputProps) {
  const { label, type, choices = [] } = field;
  if (type === 'choice') {
    const [first] = choices;
    const chosen = choices.find(({ id }) => id === value) ?? first;
    return <Select label={label} choices={choices} chosen={chosen?.id ?? ''} onChoose={onSet} />;
  }
  if (type === 'event')
    return <EventField label={label} value={value} environment={environment} onSet={onSet} />;
  const isNumber = type === 'number';
  return (
    <TextField
      label={label}
      value={textOf(value)}
      placeholder="default"
      width="full"
      suggestions={type === 'property' ? PROPERTIES : undefined}
      isValid={(text) => text === '' || !isNumber || Number(text) > 0}
      onSet={(text) => {
        onSet(text === '' ? undefined : isNumber ? Number(text) : text);
      }}
    />
  );
}

/** What a field holds as text; nothing is empty. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
const PROPERTIES = [...new Set(['practice_id', 'master_id', 'state', ...FILTER_COLUMNS])];

interface EventFieldProps {
  label: string;
  value: unknown;
  environment: string;
  onSet: (value: unknown) => void;
}

function EventField({ label, value, environment, onSet }: EventFieldProps) {
  const { values } = useValues(environment, 'event_type', '');
  return (
    <TextField
      label={label}
      value={textOf(value)}
      placeholder="any event"
      width="full"
      suggestions={(values?.values ?? []).map(({ value: type }) => type)}
      onSet={(text) => {
        onSet(text === '' ? null : text);
      }}
    />
  );
}

const MOST_ROWS = { series: 26, steps: 20 } as const;

/** Series of a trend, or steps of a funnel. */
function EventRows({ spec, environment, list, onChange }: QuestionFormProps & { list: 'series' | 'steps' }) {
  const rows = (valueAt(spec, [list]) ?? []) as Record<string, unknown>[];
  const set = (path: Path, value: unknown) => {
    onChange(withValue(spec, [list, ...path], value));
  };
  return (
    <fieldset className="question-rows">
      <legend className="question-label">{list === 'series' ? 'Measures' : 'Steps'}</legend>
      {rows.map((row, index) => (
        <div key={index} className="question-row" data-list={list}>
          {list === 'series' && (
            <Select
              label={`Measure ${index + 1}`}
              choices={MEASURE_CHOICES}
              chosen={textOf(row['measure'] ?? 'events')}
              onChoose={(measure) => {
                set([index], seriesOf(row, measure));
              }}
            />
          )}
          {(list === 'steps' || takesEvent(row['measure'])) && (
            <EventField
              label={`Event ${index + 1}`}
              value={row['event']}
              environment={environment}
              onSet={(event) => {
                set([index, 'event'], event);
              }}
            />
          )}
          {needsProperty(row['measure']) && (
            <TextField
              label={`Property ${index + 1}`}
              value={textOf(row['property'])}
              width="full"
              isValid={(text) => text !== ''}
              onSet={(property) => {
                set([index, 'property'], property);
              }}
            />
          )}
          <button
            type="button"
            className="button-icon"
            aria-label={`Remove ${index + 1}`}
            title="Remove"
            disabled={rows.length === 1}
            onClick={() => {
              set([index], undefined);
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button-quiet"
        disabled={rows.length >= MOST_ROWS[list]}
        onClick={() => {
          set([rows.length], list === 'series' ? { event: null, measure: 'users' } : { event: 'page_view' });
        }}
      >
        <Icon name="plus" /> {list === 'series' ? 'Measure' : 'Step'}
      </button>
    </fieldset>
  );
}

const EVENT_MEASURES = ['events', 'users', 'sessions', 'weekly_active', 'monthly_active'];
const takesEvent = (measure: unknown): boolean =>
  measure === undefined || EVENT_MEASURES.includes(textOf(measure)) || needsProperty(measure);

/** Another measure keeps of its row what it can use. */
function seriesOf(row: Record<string, unknown>, measure: string): Record<string, unknown> {
  const { filters } = row;
  const kept = filters === undefined ? {} : { filters };
  if (!takesEvent(measure)) return { ...kept, measure };
  const event = row['event'] ?? (needsProperty(measure) ? 'session_completed' : null);
  if (!needsProperty(measure)) return { ...kept, event, measure };
  const property = row['property'] ?? 'duration_seconds';
  return { ...kept, event, measure, property, ...(measure === 'quantile' ? { q: row['q'] ?? 0.5 } : {}) };
}

function Dates({ spec, onChange }: Pick<QuestionFormProps, 'spec' | 'onChange'>) {
  const isDate = (text: string): boolean => text === '' || isCalendarDate(text);
  return (
    <div className="question-pair">
      {(['from', 'to'] as const).map((side) => (
        <Labelled key={side} label={side === 'from' ? 'From' : 'To'}>
          <TextField
            label={side === 'from' ? 'From' : 'To'}
            value={textOf(valueAt(spec, ['range', side]))}
            placeholder="open"
            width="full"
            isValid={isDate}
            onSet={(date) => {
              onChange(withValue(spec, ['range', side], date === '' ? null : date));
            }}
          />
        </Labelled>
      ))}
    </div>
  );
}

/** Conditions on every event; each opens its editor. */
function Where({ spec, environment, onChange }: Omit<QuestionFormProps, 'experimentId'>) {
  const filters = filtersIn(spec);
  const set = (next: Filter[]) => {
    onChange(withValue(spec, ['filters'], next.length === 0 ? undefined : next));
  };
  return (
    <div className="question-field">
      <span className="question-label">Where</span>
      <div className="question-filters">
        {filters.map((filter, index) => (
          <PopoverButton
            key={index}
            label={`Condition ${index + 1}`}
            value={filterInWords(filter)}
            opens="dialog"
            look="chip"
          >
            {(close) => (
              <FilterEditor
                event={null}
                environment={environment}
                filter={'any' in filter ? null : filter}
                onSet={(changed: PropertyFilter) => {
                  set(filters.toSpliced(index, 1, changed));
                  close();
                }}
                onRemove={() => {
                  set(filters.toSpliced(index, 1));
                  close();
                }}
              />
            )}
          </PopoverButton>
        ))}
        <PopoverButton label="Add a condition" value="Condition" opens="dialog" look="button" icon="plus">
          {(close) => (
            <FilterEditor
              event={null}
              environment={environment}
              filter={null}
              onSet={(added) => {
                set([...filters, added]);
                close();
              }}
              onRemove={null}
            />
          )}
        </PopoverButton>
      </div>
    </div>
  );
}

const USER_PROPERTIES = ['user:plan', 'user:acquisition_channel'];

function Breakdown({ spec, onChange }: QuestionFormProps) {
  const { breakdown } = spec;
  const isList = breakdown != null && 'property' in breakdown && Array.isArray(breakdown.property);
  if (isList) return null; // only the text can say several
  const chosen =
    breakdown == null
      ? ''
      : 'userProperty' in breakdown
        ? `user:${breakdown.userProperty}`
        : String(breakdown.property);
  return (
    <Labelled label="Break down by">
      <TextField
        label="Break down by"
        value={chosen}
        placeholder="nothing"
        width="full"
        suggestions={[...new Set([...PROPERTIES, ...sharedProperties(eventsIn(spec)), ...USER_PROPERTIES])]}
        isValid={(text) => text === '' || parseBreakdown(text) !== undefined}
        onSet={(text) => {
          onChange(withValue(spec, ['breakdown'], breakdownOf(text)));
        }}
      />
    </Labelled>
  );
}

function breakdownOf(text: string) {
  const parsed = parseBreakdown(text);
  if (text === '' || parsed === undefined) return undefined;
  const { source, property } = parsed;
  return source === 'user' ? { userProperty: property } : { property: formatBreakdown(parsed) };
}

function eventsIn(spec: QuerySpecInput): string[] {
  const list = LIST_OF[spec.kind];
  const refs = [...(list === undefined ? [] : (valueAt(spec, [list]) as unknown[])), spec];
  return refs.map((ref) => valueAt(ref, ['event'])).filter((event) => typeof event === 'string');
}

const COMPARISONS = [
  { id: 'none', label: 'Nothing' },
  { id: 'previous', label: 'Previous period' },
  { id: '7', label: '1 week earlier' },
  { id: '28', label: '4 weeks earlier' },
] as const;

function Compare({ spec, onChange }: QuestionFormProps) {
  const { compare } = spec;
  const shift =
    typeof compare === 'object' && compare !== null && 'shiftDays' in compare ? compare.shiftDays : null;
  const chosen =
    compare === 'previous' ? 'previous' : (COMPARISONS.find(({ id }) => id === String(shift))?.id ?? 'none');
  return (
    <Labelled label="Compare with">
      <Select
        label="Compare with"
        choices={COMPARISONS}
        chosen={chosen}
        onChoose={(id) => {
          const next = id === 'none' ? undefined : id === 'previous' ? id : { shiftDays: Number(id) };
          onChange(withValue(spec, ['compare'], next));
        }}
      />
    </Labelled>
  );
}
