import { type AlertRule, WATCH_MEASURES } from '../../../../shared/alerts/rule.ts';
import { measureWords } from '../../../../shared/alerts/sentence.ts';
import { Select } from '../../../parts/Select.tsx';
import { TextField } from '../../../parts/TextField.tsx';
import type { EnvironmentInfo } from '../../../state/session-store.ts';
import { stateNames } from '../../../state/state-names.ts';
import {
  CONDITION_KINDS,
  type MeasuredRule,
  shownValue,
  typedValue,
  withCondition,
  withMeasure,
} from './draft.ts';

interface SentenceFormProps {
  rule: MeasuredRule;
  environment: EnvironmentInfo;
  onRule: (rule: MeasuredRule) => void;
}

const SIDES = [
  { id: 'below', label: 'below' },
  { id: 'above', label: 'above' },
] as const;
const INTERVALS = [
  { id: 'day', label: 'per day' },
  { id: 'hour', label: 'per hour' },
] as const;
const EVERYTHING = '';

/** The rule as one sentence whose words open their choices. */
export function SentenceForm({ rule, environment, onRule }: SentenceFormProps) {
  const { subject, condition } = rule;
  const practice = sliceOf(rule, 'practice_id');
  const practices = [
    { id: EVERYTHING, label: 'all practices' },
    ...environment.practices.map(({ id, name }) => ({ id, label: name })),
  ];
  const states = [
    { id: EVERYTHING, label: 'any state' },
    ...stateNames(environment.taxonomy, []).map(({ id, label }) => ({ id, label })),
  ];
  return (
    <div className="alert-form" role="group" aria-label="The rule in a sentence">
      <span>Alert when</span>
      <Select
        label="Measure"
        choices={WATCH_MEASURES.map((id) => ({ id, label: measureWords(id) }))}
        chosen={subject.measure}
        onChoose={(measure) => {
          onRule(withMeasure(rule, measure));
        }}
      />
      {subject.measure === 'state_share' && (
        <Select
          label="State"
          choices={states}
          chosen={subject.state ?? EVERYTHING}
          onChoose={(state) => {
            onRule({ ...rule, subject: { ...subject, state: state === EVERYTHING ? null : state } });
          }}
        />
      )}
      <span>of</span>
      <Select
        label="Practice"
        choices={practices}
        chosen={practice}
        onChoose={(value) => {
          onRule(withSlice(rule, 'practice_id', value));
        }}
      />
      <Select
        label="Condition"
        choices={CONDITION_KINDS}
        chosen={condition.kind}
        onChoose={(kind) => {
          onRule(withCondition(rule, kind));
        }}
      />
      <ConditionFields rule={rule} onRule={onRule} />
      <span>for</span>
      <TextField
        label={`How many ${subject.interval}s in a row`}
        value={String(rule.forBuckets)}
        width="number"
        inputMode="numeric"
        isValid={isWhole(1, 90)}
        onSet={(text) => {
          onRule({ ...rule, forBuckets: Number(text) });
        }}
      />
      <span>
        {subject.interval}
        {rule.forBuckets === 1 ? '' : 's'} with n
      </span>
      <TextField
        label="Least n"
        value={String(rule.leastN)}
        width="number"
        inputMode="numeric"
        isValid={isWhole(0, 1e9)}
        onSet={(text) => {
          onRule({ ...rule, leastN: Number(text) });
        }}
      />
      <span>or more, counted</span>
      <Select
        label="Counted per"
        choices={INTERVALS}
        chosen={subject.interval}
        onChoose={(interval) => {
          onRule({ ...rule, subject: { ...subject, interval } });
        }}
      />
    </div>
  );
}

function ConditionFields({ rule, onRule }: Pick<SentenceFormProps, 'rule' | 'onRule'>) {
  const { condition } = rule;
  const set = (changed: AlertRule['condition']) => {
    onRule({ ...rule, condition: changed });
  };
  switch (condition.kind) {
    case 'threshold':
      return (
        <>
          <Select
            label="Side"
            choices={SIDES}
            chosen={condition.side}
            onChoose={(side) => {
              set({ ...condition, side });
            }}
          />
          <TextField
            label="Threshold"
            value={shownValue(rule, condition.value)}
            width="number"
            inputMode="decimal"
            isValid={(text) => typedValue(rule, text) !== null}
            onSet={(text) => {
              set({ ...condition, value: typedValue(rule, text) ?? condition.value });
            }}
          />
          {shownValue(rule, 1) === '100' && <span>%</span>}
        </>
      );
    case 'relative':
      return (
        <>
          <TextField
            label="Change in percent"
            value={String(Math.round(condition.changeRatio * 100))}
            width="number"
            inputMode="numeric"
            isValid={isWhole(1, 10_000)}
            onSet={(text) => {
              set({ ...condition, changeRatio: Number(text) / 100 });
            }}
          />
          <span>%</span>
          <Select
            label="Direction"
            choices={SIDES}
            chosen={condition.side}
            onChoose={(side) => {
              set({ ...condition, side });
            }}
          />
          <span>a week before</span>
        </>
      );
    case 'missing':
      return (
        <>
          <span>while at least</span>
          <TextField
            label="Expected events"
            value={String(condition.leastMissing)}
            width="number"
            inputMode="numeric"
            isValid={isWhole(1, 1e9)}
            onSet={(text) => {
              set({ ...condition, leastMissing: Number(text) });
            }}
          />
          <span>are expected</span>
        </>
      );
    default:
      return null;
  }
}

const isWhole =
  (low: number, high: number) =>
  (text: string): boolean =>
    /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high;

function sliceOf({ subject }: MeasuredRule, property: string): string {
  const filter = subject.filters.find(
    (each) => 'property' in each && each.property === property && each.op === 'is',
  );
  return filter !== undefined && 'value' in filter && typeof filter.value === 'string'
    ? filter.value
    : EVERYTHING;
}

function withSlice(rule: MeasuredRule, property: string, value: string): MeasuredRule {
  const others = rule.subject.filters.filter((each) => !('property' in each) || each.property !== property);
  const filters = value === EVERYTHING ? others : [...others, { property, op: 'is' as const, value }];
  return { ...rule, subject: { ...rule.subject, filters } };
}
