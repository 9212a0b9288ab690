import { useState } from 'react';
import { daysBetween } from '../../../shared/format/calendar.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { useCohortChoices } from '../../cohorts/use-cohort-choices.ts';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import type { CompareChoice } from '../../state/address.ts';
import { againstOf, canCompareWith, withAgainst } from '../../state/against.ts';
import { useAddress } from '../../state/address-store.ts';
import type { Calendar } from '../../state/date-presets.ts';
import { cohortLabel } from '../../state/saved-cohorts-store.ts';
import { spanOf } from '../../state/span-of.ts';
import { FilterButton } from './FilterButton.tsx';

const WEEK_SHIFTS = [1, 4, 52] as const;
const MAX_SHIFT_DAYS = 3_660;

export function CompareFilter({ calendar }: { calendar: Calendar }) {
  const address = useAddress((state) => state.address);
  const { compare, range } = address;
  const against = againstOf(address);
  const cohorts = useCohortChoices().filter(({ id }) => canCompareWith(address, id));
  const go = useAddress((state) => state.go);
  const span = spanOf(range, calendar);
  const days = formatQuantity(daysBetween(span.from, span.to) + 1, 'day');
  const choices = [
    { id: 'previous', label: `Previous ${days}` },
    ...WEEK_SHIFTS.map((weeks) => ({
      id: `shift-${weeks * 7}`,
      label: `${formatQuantity(weeks, 'week')} earlier`,
    })),
    { id: 'none', label: 'No comparison' },
  ];
  return (
    <FilterButton
      name={compare === 'none' && against === null ? 'compare' : 'vs'}
      value={against === null ? compareInWords(compare, days) : cohortLabel(against)}
      icon="compare"
      letter="v"
      hasChevron={false}
    >
      {(close) => (
        <>
          <RadioMenu
            label="Compare with"
            takesFocus={against === null}
            choices={choices}
            chosen={
              against !== null ? null : typeof compare === 'string' ? compare : `shift-${compare.shiftDays}`
            }
            onChoose={(id) => {
              go({ ...(against === null ? {} : withAgainst(address, null)), compare: compareOf(id) });
              close();
            }}
          />
          <ShiftField
            days={typeof compare === 'string' ? 7 : compare.shiftDays}
            onSet={(shiftDays) => {
              go({ ...(against === null ? {} : withAgainst(address, null)), compare: { shiftDays } });
              close();
            }}
          />
          {cohorts.length > 0 && (
            <div className="menu-part">
              <RadioMenu
                label="Compare with a cohort"
                takesFocus={against !== null}
                choices={cohorts}
                chosen={against}
                onChoose={(id) => {
                  go(withAgainst(address, id));
                  close();
                }}
              />
            </div>
          )}
        </>
      )}
    </FilterButton>
  );
}

function ShiftField({ days, onSet }: { days: number; onSet: (days: number) => void }) {
  const [text, setText] = useState(String(days));
  const value = Number(text);
  const isValid = Number.isInteger(value) && value >= 1 && value <= MAX_SHIFT_DAYS;
  return (
    <form
      className="shift-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onSet(value);
      }}
    >
      <input
        inputMode="numeric"
        aria-label="Days earlier"
        aria-invalid={!isValid}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      days earlier
      <button type="submit" className="button-quiet" disabled={!isValid}>
        Set
      </button>
    </form>
  );
}

function compareOf(id: string): CompareChoice {
  if (id === 'none' || id === 'previous') return id;
  return { shiftDays: Number(id.replace('shift-', '')) };
}

export function compareInWords(compare: CompareChoice, days: string): string {
  if (compare === 'none') return 'none';
  if (compare === 'previous') return `previous ${days}`;
  const weeks = compare.shiftDays / 7;
  return `${Number.isInteger(weeks) ? formatQuantity(weeks, 'week') : formatQuantity(compare.shiftDays, 'day')} earlier`;
}
