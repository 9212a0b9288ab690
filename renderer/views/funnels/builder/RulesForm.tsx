import type { ReactNode } from 'react';
import { WINDOW_UNITS } from '../../../../shared/query/kinds/funnel.ts';
import { Chip } from '../../../parts/Chip.tsx';
import { SegmentedControl } from '../../../parts/SegmentedControl.tsx';
import { Select } from '../../../parts/Select.tsx';
import { TextField } from '../../../parts/TextField.tsx';
import { commonIdentifiers, FILTER_COLUMNS, sharedProperties } from '../../../state/breakdowns.ts';
import { capitalise, propertyLabel, unitNames } from '../../../state/event-names.ts';
import type { FunnelDefinition } from '../../../state/funnel-definition.ts';
import { eventsOf } from '../use-funnel.ts';
import { definitionInWords } from '../words.ts';
import { setRules, setStep } from './edit-definition.ts';

interface RulesFormProps {
  draft: FunnelDefinition;
  onChange: (draft: FunnelDefinition) => void;
}

const ORDERS = [
  { id: 'ordered', label: 'In order', title: 'Other events may lie between' },
  { id: 'strict', label: 'Strict', title: 'Nothing else may lie between' },
  { id: 'unordered', label: 'Any order', title: 'All steps within the window, whatever comes first' },
] as const;
const FIRST_STEPS = [
  { id: 'any', label: 'Every time' },
  { id: 'ever', label: 'First ever' },
  { id: 'matching', label: 'First matching' },
] as const;
const MOST_HELD = 5; // what a question takes
const LONGEST_WINDOW = 1_000_000;

/** How the steps belong together, and what it all means in words. */
export function RulesForm({ draft, onChange }: RulesFormProps) {
  const set = (change: Parameters<typeof setRules>[1]) => {
    onChange(setRules(draft, change));
  };
  return (
    <section className="builder-part" aria-label="Rules">
      <div className="builder-part-head">
        <h2>Rules</h2>
      </div>
      <Rule name="Order">
        <SegmentedControl
          label="Order"
          choices={ORDERS}
          chosen={draft.order}
          onChoose={(order) => {
            set({ order });
          }}
        />
      </Rule>
      <Rule name="Window">
        <TextField
          label="Length of the window"
          value={String(draft.window.value)}
          inputMode="numeric"
          width="number"
          isValid={(text) => /^\d{1,7}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_WINDOW}
          onSet={(text) => {
            set({ window: { ...draft.window, value: Number(text) } });
          }}
        />
        <Select
          label="Unit of the window"
          choices={WINDOW_UNITS.map((id) => ({ id, label: draft.window.value === 1 ? id : `${id}s` }))}
          chosen={draft.window.unit}
          onChoose={(unit) => {
            set({ window: { ...draft.window, unit } });
          }}
        />
        <span className="rule-note">end included</span>
      </Rule>
      <UnitRule draft={draft} onChange={onChange} />
      <HoldRule draft={draft} onChange={onChange} />
      <Rule name="First step">
        <SegmentedControl
          label="First step"
          choices={FIRST_STEPS}
          chosen={draft.steps[0]?.first ?? 'any'}
          onChoose={(first) => {
            onChange(setStep(draft, 0, { first: first === 'any' ? undefined : first }));
          }}
        />
      </Rule>
      <AttributionRule draft={draft} onChange={onChange} />
      <p className="builder-words">
        <strong>In words.</strong> {definitionInWords(draft)}
      </p>
    </section>
  );
}

function Rule({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="rule" role="group" aria-label={name}>
      <span className="rule-name">{name}</span>
      <div className="rule-fields">{children}</div>
    </div>
  );
}

const OTHER_UNIT = 'property:';

function UnitRule({ draft, onChange }: RulesFormProps) {
  const { unit } = draft;
  const own = typeof unit === 'object' ? [unit.property] : [];
  const properties = [...new Set([...commonIdentifiers(eventsOf(draft)), ...own])];
  const choices = [
    { id: 'user', label: 'People' },
    { id: 'session', label: 'Sessions' },
    ...properties.map((property) => ({
      id: OTHER_UNIT + property,
      label: capitalise(unitNames({ property }).many),
    })),
  ];
  const set = (id: string) => {
    const next = id === 'user' || id === 'session' ? id : { property: id.slice(OTHER_UNIT.length) };
    onChange(setRules(draft, { unit: next }));
  };
  return (
    <Rule name="Count">
      <Select
        label="What is counted"
        choices={choices}
        chosen={typeof unit === 'object' ? OTHER_UNIT + unit.property : unit}
        onChoose={set}
      />
      <TextField
        label="Another property to count by"
        value=""
        placeholder="or a property"
        suggestions={suggestedProperties(draft)}
        isAdding
        onSet={(property) => {
          set(OTHER_UNIT + property);
        }}
      />
    </Rule>
  );
}

function HoldRule({ draft, onChange }: RulesFormProps) {
  const { holdConstant } = draft;
  const set = (held: string[]) => {
    onChange(setRules(draft, { holdConstant: held }));
  };
  return (
    <Rule name="Hold constant">
      {holdConstant.map((property) => (
        <Chip
          key={property}
          text={propertyLabel(property)}
          onRemove={() => {
            set(holdConstant.filter((each) => each !== property));
          }}
        />
      ))}
      {holdConstant.length < MOST_HELD && (
        <TextField
          label="Property to hold constant"
          value=""
          placeholder="+ Property"
          suggestions={suggestedProperties(draft)}
          isAdding
          onSet={(property) => {
            set([...new Set([...holdConstant, property])]);
          }}
        />
      )}
    </Rule>
  );
}

const suggestedProperties = (draft: FunnelDefinition): string[] => [
  ...sharedProperties(eventsOf(draft)),
  ...FILTER_COLUMNS,
];

function AttributionRule({ draft, onChange }: RulesFormProps) {
  const { attribution, steps, order } = draft;
  const places = order === 'unordered' ? steps.slice(0, 1) : steps;
  const choices = [
    { id: 'first', label: 'Value at the first step that has one*' },
    { id: 'last', label: 'Value at the last step that has one' },
    { id: 'each', label: 'Each value on its own' },
    ...places.map((_, index) => ({ id: `step-${index}`, label: `Values at step ${index + 1}` })),
  ];
  return (
    <Rule name="Breakdown takes">
      <Select
        label="What a breakdown takes"
        choices={choices}
        chosen={typeof attribution === 'object' ? `step-${attribution.step}` : attribution}
        onChoose={(id) => {
          onChange(setRules(draft, { attribution: attributionOf(id) }));
        }}
      />
    </Rule>
  );
}

function attributionOf(id: string): FunnelDefinition['attribution'] {
  if (id === 'last' || id === 'each') return id;
  return id.startsWith('step-') ? { step: Number(id.slice('step-'.length)) } : 'first';
}
