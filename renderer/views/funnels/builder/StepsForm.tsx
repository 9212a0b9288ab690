import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import type { Filter } from '../../../../shared/query/filter.ts';
import { EventList } from '../../../app/EventList.tsx';
import { Chip } from '../../../parts/Chip.tsx';
import { Icon } from '../../../parts/Icon.tsx';
import { PopoverButton } from '../../../parts/PopoverButton.tsx';
import { Select } from '../../../parts/Select.tsx';
import { TextField } from '../../../parts/TextField.tsx';
import { eventLabel } from '../../../state/event-names.ts';
import { filterInWords } from '../../../state/filter-words.ts';
import type {
  FunnelDefinition,
  FunnelExclusion,
  FunnelStepDefinition,
} from '../../../state/funnel-definition.ts';
import { stepName } from '../columns.ts';
import { exclusionName } from '../words.ts';
import {
  addExclusion,
  addStep,
  MOST_EXCLUSIONS,
  MOST_STEPS,
  moveStep,
  removeExclusion,
  removeStep,
  setExclusion,
  setStep,
  setStepEvent,
} from './edit-definition.ts';
import { FilterEditor } from './FilterEditor.tsx';

interface StepsFormProps {
  draft: FunnelDefinition;
  environment: string;
  onChange: (draft: FunnelDefinition) => void;
}

/** The steps in their order, with what leaves a try out standing after the step that it follows. */
export function StepsForm({ draft, environment, onChange }: StepsFormProps) {
  const list = useRef<HTMLOListElement>(null);
  const [movedTo, setMovedTo] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  useLayoutEffect(() => {
    if (movedTo === null) return;
    list.current?.querySelector<HTMLElement>(`[data-draft-step="${movedTo}"] .popover-button`)?.focus();
    setMovedTo(null);
  }, [movedTo]);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= draft.steps.length) return;
    onChange(moveStep(draft, from, to));
    setMovedTo(to);
  };
  return (
    <section className="builder-part" aria-label="Steps">
      <div className="builder-part-head">
        <h2>Steps</h2>
        <span>drag, or Alt ↑ ↓</span>
      </div>
      <ol ref={list} className="draft-steps">
        {draft.steps.map((step, index) => (
          <li key={index}>
            <StepRow
              step={step}
              index={index}
              draft={draft}
              environment={environment}
              isDragged={dragged === index}
              onChange={onChange}
              onMove={move}
              onDrag={setDragged}
              onDrop={() => {
                if (dragged !== null) move(dragged, index);
                setDragged(null);
              }}
            />
            {draft.exclusions.map((exclusion, at) =>
              exclusion.after === index ? (
                <ExclusionRow
                  key={at}
                  exclusion={exclusion}
                  index={at}
                  draft={draft}
                  environment={environment}
                  onChange={onChange}
                />
              ) : null,
            )}
          </li>
        ))}
      </ol>
      <div className="builder-add">
        <AddButton
          text="Step"
          label="Add a step"
          environment={environment}
          isFull={draft.steps.length >= MOST_STEPS}
          onAdd={(event) => {
            onChange(addStep(draft, event));
          }}
        />
        <AddButton
          text="Exclusion"
          label="Add an exclusion"
          environment={environment}
          isFull={draft.exclusions.length >= MOST_EXCLUSIONS || draft.steps.length < 2}
          onAdd={(event) => {
            onChange(addExclusion(draft, event));
          }}
        />
        <span className="builder-count">
          {draft.steps.length} of at most {MOST_STEPS}
        </span>
      </div>
    </section>
  );
}

interface AddButtonProps {
  text: string;
  label: string;
  environment: string;
  isFull: boolean;
  onAdd: (event: string | null) => void;
}

function AddButton({ text, label, environment, isFull, onAdd }: AddButtonProps) {
  if (isFull) {
    return (
      <button type="button" className="button" disabled>
        <Icon name="plus" />
        {text}
      </button>
    );
  }
  return (
    <PopoverButton label={label} value={text} opens="dialog" look="button" icon="plus">
      {(close) => (
        <EventList
          label={label}
          environment={environment}
          chosen={null}
          onChoose={(event) => {
            close();
            onAdd(event);
          }}
        />
      )}
    </PopoverButton>
  );
}

interface StepRowProps {
  step: FunnelStepDefinition;
  index: number;
  draft: FunnelDefinition;
  environment: string;
  isDragged: boolean;
  onChange: (draft: FunnelDefinition) => void;
  onMove: (from: number, to: number) => void;
  onDrag: (index: number | null) => void;
  onDrop: () => void;
}

function StepRow(props: StepRowProps) {
  const { step, index, draft, environment, isDragged, onChange, onMove, onDrag, onDrop } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(index, index + (event.key === 'ArrowUp' ? -1 : 1));
  };
  const filtersOfStep: FilterChipsProps = {
    event: step.event ?? null,
    environment,
    filters: step.filters ?? [],
    label: `step ${index + 1}`,
    onSet: (filters) => {
      onChange(setStep(draft, index, { filters }));
    },
  };
  return (
    <div
      className="draft-step"
      data-draft-step={index}
      data-dragged={isDragged}
      role="group"
      aria-label={`Step ${index + 1}`}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        event.preventDefault();
      }}
      onDrop={onDrop}
    >
      <span
        className="draft-grip"
        draggable
        title="Drag to another place"
        aria-hidden="true"
        onDragStart={() => {
          onDrag(index);
        }}
        onDragEnd={() => {
          onDrag(null);
        }}
      >
        <Icon name="grip" />
      </span>
      <span className="draft-number">{index + 1}</span>
      <div className="draft-event">
        <PopoverButton label={`Step ${index + 1}`} value={stepName(step)} opens="dialog" look="field">
          {(close) => (
            <EventList
              label={`Event of step ${index + 1}`}
              environment={environment}
              chosen={step.event ?? null}
              onChoose={(event) => {
                onChange(setStepEvent(draft, index, event));
                close();
              }}
            />
          )}
        </PopoverButton>
        <code title={step.event ?? undefined}>
          {step.event ?? (step.anyOf === undefined ? 'any event' : 'several')}
        </code>
        <span className="draft-tools">
          <AddFilter {...filtersOfStep} />
          <StepMenu step={step} index={index} draft={draft} onChange={onChange} onMove={onMove} />
        </span>
      </div>
      <FilterChips {...filtersOfStep} />
      {(step.optional || step.first !== undefined) && (
        <span className="draft-marks">
          {[
            ...(step.optional ? ['optional'] : []),
            ...(step.first === 'ever' ? ['first ever'] : step.first === 'matching' ? ['first matching'] : []),
          ].join(', ')}
        </span>
      )}
    </div>
  );
}

interface StepMenuProps {
  step: FunnelStepDefinition;
  index: number;
  draft: FunnelDefinition;
  onChange: (draft: FunnelDefinition) => void;
  onMove: (from: number, to: number) => void;
}

const FIRST = [
  { id: 'any', label: 'Every time' },
  { id: 'ever', label: 'Only the first ever' },
  { id: 'matching', label: 'Only the first matching' },
] as const;

function StepMenu({ step, index, draft, onChange, onMove }: StepMenuProps) {
  const last = draft.steps.length - 1;
  const canBeOptional = index > 0 && draft.order !== 'unordered';
  return (
    <PopoverButton
      label={`More about step ${index + 1}`}
      value=""
      opens="dialog"
      icon="more"
      isIconOnly
      look="button"
      align="end"
    >
      {(close) => (
        <div className="draft-menu">
          <label className="draft-menu-row">
            <span>Name</span>
            <TextField
              label="Name of the step"
              value={step.name ?? ''}
              placeholder={eventLabel(step.event ?? null)}
              isValid={(text) => text.length <= 200}
              onSet={(name) => {
                onChange(setStep(draft, index, { name }));
              }}
            />
          </label>
          <div className="draft-menu-row">
            <span>Counts</span>
            <Select
              label="Which events count"
              choices={FIRST}
              chosen={step.first ?? 'any'}
              onChoose={(first) => {
                onChange(setStep(draft, index, { first: first === 'any' ? undefined : first }));
              }}
            />
          </div>
          {canBeOptional && (
            <label className="draft-menu-row draft-menu-check">
              <input
                type="checkbox"
                checked={step.optional}
                onChange={({ target }) => {
                  onChange(setStep(draft, index, { optional: target.checked }));
                }}
              />
              Optional: counts when done, never blocks
            </label>
          )}
          <div className="draft-menu-actions">
            <button
              type="button"
              className="button"
              disabled={index === 0}
              onClick={() => {
                close();
                onMove(index, index - 1);
              }}
            >
              Move up
            </button>
            <button
              type="button"
              className="button"
              disabled={index === last}
              onClick={() => {
                close();
                onMove(index, index + 1);
              }}
            >
              Move down
            </button>
            <button
              type="button"
              className="button"
              disabled={last === 0}
              onClick={() => {
                close();
                onChange(removeStep(draft, index));
              }}
            >
              Remove
            </button>
          </div>
        </div>
      )}
    </PopoverButton>
  );
}

interface FilterChipsProps {
  event: string | null;
  environment: string;
  filters: readonly Filter[];
  /** Whose filters: "step 3". */
  label: string;
  onSet: (filters: Filter[]) => void;
}

function AddFilter({ event, environment, filters, label, onSet }: FilterChipsProps) {
  return (
    <PopoverButton
      label={`Add a filter to ${label}`}
      value=""
      opens="dialog"
      look="button"
      icon="plus"
      isIconOnly
      align="end"
    >
      {(close) => (
        <FilterEditor
          event={event}
          environment={environment}
          filter={null}
          onSet={(next) => {
            onSet([...filters, next]);
            close();
          }}
          onRemove={null}
        />
      )}
    </PopoverButton>
  );
}

function FilterChips({ event, environment, filters, label, onSet }: FilterChipsProps) {
  if (filters.length === 0) return null;
  const without = (at: number): Filter[] => filters.filter((_, index) => index !== at);
  return (
    <div className="draft-filters">
      {filters.map((filter, at) =>
        'any' in filter ? (
          <Chip
            key={at}
            text={filterInWords(filter)}
            onRemove={() => {
              onSet(without(at));
            }}
          />
        ) : (
          <PopoverButton
            key={at}
            label={`Filter of ${label}`}
            value={filterInWords(filter)}
            opens="dialog"
            look="chip"
          >
            {(close) => (
              <FilterEditor
                event={event}
                environment={environment}
                filter={filter}
                onSet={(next) => {
                  onSet(filters.map((each, index) => (index === at ? next : each)));
                  close();
                }}
                onRemove={() => {
                  close();
                  onSet(without(at));
                }}
              />
            )}
          </PopoverButton>
        ),
      )}
    </div>
  );
}

interface ExclusionRowProps {
  exclusion: FunnelExclusion;
  index: number;
  draft: FunnelDefinition;
  environment: string;
  onChange: (draft: FunnelDefinition) => void;
}

function ExclusionRow({ exclusion, index, draft, environment, onChange }: ExclusionRowProps) {
  const last = draft.steps.length - 1;
  const { after, before = last } = exclusion;
  const isWhole = draft.order === 'unordered';
  const places = draft.steps.map((_, at) => ({ id: String(at), label: String(at + 1) }));
  const filtersOfExclusion: FilterChipsProps = {
    event: exclusion.event ?? null,
    environment,
    filters: exclusion.filters ?? [],
    label: `exclusion ${index + 1}`,
    onSet: (filters) => {
      onChange(setExclusion(draft, index, { filters }));
    },
  };
  return (
    <div className="draft-exclusion" role="group" aria-label={`Exclusion ${index + 1}`}>
      <button
        type="button"
        className="button-icon"
        aria-label={`Remove the exclusion of ${exclusionName(exclusion)}`}
        title="Remove"
        onClick={() => {
          onChange(removeExclusion(draft, index));
        }}
      >
        <Icon name="close" />
      </button>
      <span>Leave out if</span>
      <PopoverButton
        label={`Exclusion ${index + 1}`}
        value={eventLabel(exclusion.event ?? null)}
        opens="dialog"
        look="field"
      >
        {(close) => (
          <EventList
            label="Event that leaves out"
            environment={environment}
            chosen={exclusion.event ?? null}
            onChoose={(event) => {
              onChange(setExclusion(draft, index, { event, filters: [] }));
              close();
            }}
          />
        )}
      </PopoverButton>
      {isWhole ? (
        <span>anywhere</span>
      ) : (
        <span className="draft-between">
          between
          <Select
            label="After step"
            choices={places.slice(0, before)}
            chosen={String(after)}
            onChoose={(at) => {
              onChange(setExclusion(draft, index, { after: Number(at) }));
            }}
          />
          and
          <Select
            label="Before step"
            choices={places.slice(after + 1)}
            chosen={String(before)}
            onChoose={(at) => {
              onChange(setExclusion(draft, index, { before: Number(at) }));
            }}
          />
        </span>
      )}
      <AddFilter {...filtersOfExclusion} />
      <FilterChips {...filtersOfExclusion} />
    </div>
  );
}
