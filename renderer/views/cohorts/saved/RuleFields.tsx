import type { CohortRule, DidRule, UserRule } from '../../../../shared/query/cohort.ts';
import { isCalendarDate } from '../../../../shared/format/calendar.ts';
import type { Filter } from '../../../../shared/query/filter.ts';
import { EventList } from '../../../app/EventList.tsx';
import { conditionInWords } from '../../../cohorts/definition-words.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { PopoverButton } from '../../../parts/PopoverButton.tsx';
import { Select } from '../../../parts/Select.tsx';
import { TextField } from '../../../parts/TextField.tsx';
import type { DateSpan } from '../../../state/date-presets.ts';
import { capitalise, eventLabel } from '../../../state/event-names.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { FilterEditor } from '../../funnels/builder/FilterEditor.tsx';
import { withBranch } from './edit-rules.ts';

export interface RuleFieldsProps<Rule extends CohortRule> {
  rule: Rule;
  environment: EnvironmentInfo;
  /** Dates that a rule is first narrowed to. */
  span: DateSpan;
  /** null takes it away. */
  onSet: (rule: CohortRule | null) => void;
}

/** The controls of one rule, or of each branch of a group. */
export function RuleFields({ rule, ...rest }: RuleFieldsProps<CohortRule>) {
  if ('user' in rule) return <PersonFields rule={rule} {...rest} />;
  if ('did' in rule) return <DidFields rule={rule} {...rest} />;
  const { environment, span, onSet } = rest;
  return (
    <div className="cohort-group" role="group" aria-label="Any of">
      <span className="cohort-any">any of</span>
      {rule.any.map((branch, at) => (
        <div key={at} className="cohort-branch">
          <RuleFields
            rule={branch}
            environment={environment}
            span={span}
            onSet={(next) => {
              onSet(withBranch(rule, at, next));
            }}
          />
          <button
            type="button"
            className="button-icon"
            aria-label="Remove this branch"
            title="Remove this branch"
            onClick={() => {
              onSet(withBranch(rule, at, null));
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

const DID = [
  { id: 'did', label: 'did' },
  { id: 'not', label: 'did not' },
] as const;
const TIMES = [
  { id: 'gte', label: 'at least' },
  { id: 'lte', label: 'at most' },
  { id: 'is', label: 'exactly' },
] as const;

function DidFields({ rule, environment, span, onSet }: RuleFieldsProps<DidRule>) {
  const { did, times, not } = rule;
  const filters = did.filters ?? [];
  const setFilters = (next: Filter[]) => {
    onSet({ ...rule, did: { ...did, filters: next } });
  };
  return (
    <div className="cohort-fields">
      <Select
        label="Did or did not"
        choices={DID}
        chosen={not ? 'not' : 'did'}
        onChoose={(id) => {
          onSet({ ...rule, not: id === 'not' });
        }}
      />
      <PopoverButton
        label="Event"
        value={did.anyOf === undefined ? eventLabel(did.event ?? null) : 'Several events'}
        opens="dialog"
        look="field"
      >
        {(close) => (
          <EventList
            label="Event"
            environment={environment.environment}
            chosen={did.event ?? null}
            onChoose={(event) => {
              onSet({ ...rule, did: { event, ...(filters.length === 0 ? {} : { filters }) } });
              close();
            }}
          />
        )}
      </PopoverButton>
      {filters.map((filter, at) => (
        <ConditionChip
          key={at}
          filter={filter}
          event={did.event ?? null}
          environment={environment}
          onSet={(next) => {
            setFilters(next === null ? filters.filter((_, each) => each !== at) : filters.with(at, next));
          }}
        />
      ))}
      <PopoverButton label="Add a condition" value="where" opens="dialog" look="button" icon="plus">
        {(close) => (
          <FilterEditor
            event={did.event ?? null}
            environment={environment.environment}
            filter={null}
            onSet={(filter) => {
              setFilters([...filters, filter]);
              close();
            }}
            onRemove={null}
          />
        )}
      </PopoverButton>
      <Select
        label="How often"
        choices={TIMES}
        chosen={times.op}
        onChoose={(op) => {
          onSet({ ...rule, times: { ...times, op } });
        }}
      />
      <TextField
        label="Times"
        value={String(times.value)}
        inputMode="numeric"
        width="number"
        isValid={(text) => /^\d{1,9}$/.test(text)}
        onSet={(text) => {
          onSet({ ...rule, times: { ...times, value: Number(text) } });
        }}
      />
      <span className="cohort-word">{times.value === 1 ? 'time' : 'times'}</span>
      <WhenFields rule={rule} span={span} onSet={onSet} />
    </div>
  );
}

function WhenFields({ rule, span, onSet }: Pick<RuleFieldsProps<DidRule>, 'rule' | 'span' | 'onSet'>) {
  const { range } = rule;
  const isDate = (text: string): boolean => text === '' || isCalendarDate(text);
  const setSide = (side: 'from' | 'to') => (text: string) => {
    const next = { from: range?.from ?? null, to: range?.to ?? null, [side]: text === '' ? null : text };
    onSet({ ...rule, range: next });
  };
  const side = (value: string | null | undefined): string => value ?? '';
  return (
    <>
      <Select
        label="When"
        choices={[
          { id: 'any', label: 'at any time' },
          { id: 'dates', label: 'from' },
        ]}
        chosen={range === undefined ? 'any' : 'dates'}
        onChoose={(id) => {
          onSet(id === 'any' ? withoutRange(rule) : { ...rule, range: { from: span.from, to: span.to } });
        }}
      />
      {range !== undefined && (
        <>
          <TextField
            label="From"
            value={side(range.from)}
            placeholder="the first day"
            isValid={isDate}
            onSet={setSide('from')}
          />
          <span className="cohort-word">to</span>
          <TextField
            label="To"
            value={side(range.to)}
            placeholder="now"
            isValid={isDate}
            onSet={setSide('to')}
          />
        </>
      )}
    </>
  );
}

const withoutRange = ({ did, times, not }: DidRule): DidRule => ({ did, times, not });

function PersonFields({ rule, environment, onSet }: RuleFieldsProps<UserRule>) {
  return (
    <div className="cohort-fields">
      <span className="cohort-word">have</span>
      <ConditionChip
        filter={rule.user}
        event={null}
        properties={PERSON_PROPERTIES}
        environment={environment}
        onSet={(next) => {
          onSet(next === null ? null : { user: next });
        }}
      />
    </div>
  );
}

export const PERSON_PROPERTIES: readonly string[] = [
  'plan',
  'acquisition_channel',
  'country_code',
  'first_seen_at',
];

interface ConditionChipProps {
  filter: Filter;
  event: string | null;
  properties?: readonly string[];
  environment: EnvironmentInfo;
  onSet: (filter: Filter | null) => void;
}

function ConditionChip({ filter, event, properties, environment, onSet }: ConditionChipProps) {
  const words = capitalise(conditionInWords(filter, environment));
  return (
    <PopoverButton label="Condition" value={words} opens="dialog" look="chip">
      {(close) => (
        <FilterEditor
          event={event}
          environment={environment.environment}
          filter={'any' in filter ? null : filter}
          {...(properties === undefined ? {} : { properties })}
          onSet={(next) => {
            onSet(next);
            close();
          }}
          onRemove={() => {
            onSet(null);
            close();
          }}
        />
      )}
    </PopoverButton>
  );
}
