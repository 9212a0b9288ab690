import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { formatCount, formatQuantity } from '../../../../shared/format/numbers.ts';
import type { CohortRule } from '../../../../shared/query/cohort.ts';
import { EventList } from '../../../app/EventList.tsx';
import { freshSizeIn, sizeQuestion } from '../../../cohorts/size-question.ts';
import { useQuestion, useQuestions } from '../../../link/use-question.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { PopoverButton } from '../../../parts/PopoverButton.tsx';
import type { DateSpan } from '../../../state/date-presets.ts';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { FilterEditor } from '../../funnels/builder/FilterEditor.tsx';
import { didRule, MOST_RULES, moveRule, orRule, removeRule, setRule } from './edit-rules.ts';
import { PERSON_PROPERTIES, RuleFields } from './RuleFields.tsx';

interface RulesFormProps {
  rules: readonly CohortRule[];
  environment: EnvironmentInfo;
  span: DateSpan;
  onChange: (rules: CohortRule[]) => void;
}

/** The rules in their order, each with how many people are left after it. */
export function RulesForm({ rules, environment, span, onChange }: RulesFormProps) {
  const list = useRef<HTMLOListElement>(null);
  const [movedTo, setMovedTo] = useState<number | null>(null);
  useLayoutEffect(() => {
    if (movedTo === null) return;
    list.current
      ?.querySelector<HTMLElement>(`[data-rule="${movedTo}"] select, [data-rule="${movedTo}"] button`)
      ?.focus();
    setMovedTo(null);
  }, [movedTo]);
  const everybody = useQuestion('cohort.everybody', sizeQuestion(environment.environment, null));
  const left = useQuestions(
    rules.map((_, index) => ({
      slot: `cohort.left-${index}`,
      spec: sizeQuestion(environment.environment, { all: rules.slice(0, index + 1) }),
    })),
  );
  const all = freshSizeIn(everybody);
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const to = event.key === 'ArrowUp' ? index - 1 : event.key === 'ArrowDown' ? index + 1 : null;
    if (!event.altKey || to === null || to < 0 || to >= rules.length) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(moveRule(rules, index, to));
    setMovedTo(to);
  };
  return (
    <section className="builder-part" aria-label="Rules">
      <div className="builder-part-head">
        <h2>People who match</h2>
        <span>people left after each rule; Alt ↑ ↓ moves one</span>
      </div>
      <ol ref={list} className="cohort-rules">
        <li className="cohort-rule">
          <span className="cohort-rule-text">Everybody with an event</span>
          <Left count={all} of={all} />
        </li>
        {rules.map((rule, index) => (
          <li
            key={index}
            className="cohort-rule"
            data-rule={index}
            onKeyDown={(event) => {
              onKeyDown(event, index);
            }}
          >
            <RuleFields
              rule={rule}
              environment={environment}
              span={span}
              onSet={(next) => {
                onChange(next === null ? removeRule(rules, index) : setRule(rules, index, next));
              }}
            />
            <Left count={left[index] === undefined ? null : freshSizeIn(left[index])} of={all} />
            <span className="cohort-rule-tools">
              <AddRule
                label="Or"
                value="or"
                environment={environment}
                onAdd={(other) => {
                  onChange(setRule(rules, index, orRule(rule, other)));
                }}
              />
              <button
                type="button"
                className="button-icon"
                aria-label={`Remove rule ${index + 1}`}
                title="Remove rule"
                onClick={() => {
                  onChange(removeRule(rules, index));
                }}
              >
                <Icon name="close" />
              </button>
            </span>
          </li>
        ))}
      </ol>
      {rules.length < MOST_RULES && (
        <div className="builder-add">
          <AddRule
            label="Add a rule about events"
            value="Did"
            environment={environment}
            onAdd={(rule) => {
              onChange([...rules, rule]);
            }}
          />
          <PopoverButton
            label="Add a rule about the person"
            value="Person"
            opens="dialog"
            look="button"
            icon="plus"
          >
            {(close) => (
              <FilterEditor
                event={null}
                environment={environment.environment}
                filter={null}
                properties={PERSON_PROPERTIES}
                onSet={(user) => {
                  close();
                  onChange([...rules, { user }]);
                }}
                onRemove={null}
              />
            )}
          </PopoverButton>
        </div>
      )}
    </section>
  );
}

interface AddRuleProps {
  label: string;
  value: string;
  environment: EnvironmentInfo;
  onAdd: (rule: CohortRule) => void;
}

const AddRule = ({ label, value, environment, onAdd }: AddRuleProps) => (
  <PopoverButton label={label} value={value} opens="dialog" look="button" icon="plus">
    {(close) => (
      <EventList
        label={label}
        environment={environment.environment}
        chosen={null}
        onChoose={(event) => {
          close();
          onAdd(didRule(event));
        }}
      />
    )}
  </PopoverButton>
);

function Left({ count, of }: { count: number | null; of: number | null }) {
  const share = count === null || of === null || of === 0 ? 0 : count / of;
  return (
    <span
      className="cohort-left"
      title={count === null ? 'Counting' : formatQuantity(count, 'person', 'people')}
    >
      <strong>{count === null ? '…' : formatCount(count)}</strong>
      <span className="cohort-left-bar" aria-hidden="true">
        <span style={{ width: `${(share * 100).toFixed(2)}%` }} />
      </span>
    </span>
  );
}
