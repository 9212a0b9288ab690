import { useState } from 'react';
import { formatDateRange, isCalendarDate } from '../../../shared/format/calendar.ts';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import { RangeCalendar } from '../../parts/RangeCalendar.tsx';
import { useAddress } from '../../state/address-store.ts';
import {
  type Calendar,
  type DateSpan,
  PRESET_IDS,
  presetLabel,
  presetSpan,
} from '../../state/date-presets.ts';
import { spanOf } from '../../state/span-of.ts';
import { FilterButton } from './FilterButton.tsx';

export function DateFilter({ calendar }: { calendar: Calendar }) {
  const range = useAddress(({ address }) => address.range);
  const go = useAddress((state) => state.go);
  const span = spanOf(range, calendar);
  return (
    <FilterButton
      name="Dates"
      value={formatDateRange(span.from, span.to, calendar.today)}
      icon="calendar"
      letter="d"
      hasChevron={false}
    >
      {(close) => (
        <div className="date-panel">
          <RadioMenu
            label="Range"
            chosen={'preset' in range ? range.preset : null}
            choices={PRESET_IDS.map((id) => ({ id, label: presetLabel(id) }))}
            onChoose={(preset) => {
              go({ range: { preset } });
              close();
            }}
          />
          <CustomRange
            span={span}
            calendar={calendar}
            onChoose={(chosen) => {
              go({ range: chosen });
              close();
            }}
          />
        </div>
      )}
    </FilterButton>
  );
}

interface CustomRangeProps {
  span: DateSpan;
  calendar: Calendar;
  onChoose: (span: DateSpan) => void;
}

function CustomRange({ span, calendar, onChoose }: CustomRangeProps) {
  const [from, setFrom] = useState(span.from);
  const [to, setTo] = useState(span.to);
  const problem = problemOf(from, to);
  return (
    <div className="date-panel-custom">
      <RangeCalendar span={span} today={calendar.today} weekStart={calendar.weekStart} onChoose={onChoose} />
      <form
        className="date-panel-fields"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) onChoose({ from, to });
        }}
      >
        <input
          aria-label="First day"
          value={from}
          placeholder={presetSpan('28d', calendar).from}
          aria-invalid={problem !== null}
          onChange={({ target }) => {
            setFrom(target.value);
          }}
        />
        –
        <input
          aria-label="Last day"
          value={to}
          placeholder={calendar.today}
          aria-invalid={problem !== null}
          onChange={({ target }) => {
            setTo(target.value);
          }}
        />
        <button type="submit" className="button-quiet" disabled={problem !== null}>
          Set
        </button>
      </form>
      {problem !== null && (
        <div className="date-panel-problem" role="alert">
          {problem}
        </div>
      )}
    </div>
  );
}

function problemOf(from: string, to: string): string | null {
  const wrong = [from, to].find((date) => !isCalendarDate(date));
  if (wrong !== undefined) return `"${wrong}" is not a date like 2026-11-19`;
  return from > to ? 'The range ends before it starts' : null;
}
