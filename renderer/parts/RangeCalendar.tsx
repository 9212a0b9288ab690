import { useEffect, useRef, useState } from 'react';
import {
  addDays,
  addMonths,
  type CalendarDate,
  dayOfMonth,
  formatMonth,
  formatWeekdayDate,
  startOfMonth,
  startOfWeek,
  weekdayInitials,
} from '../../shared/format/calendar.ts';
import type { DateSpan } from '../state/date-presets.ts';
import { Icon } from './Icon.tsx';
import './range-calendar.css';

interface RangeCalendarProps {
  span: DateSpan;
  today: CalendarDate;
  weekStart: 'monday' | 'sunday';
  onChoose: (span: DateSpan) => void;
}

const DAY_STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Two presses make a range: its first and its last day. Arrows move by day and week, Page Up and Down by month. */
export function RangeCalendar({ span, today, weekStart, onChoose }: RangeCalendarProps) {
  const [cursor, setCursor] = useState(span.to);
  const [start, setStart] = useState<CalendarDate | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const movedByKey = useRef(false);
  const month = startOfMonth(cursor);
  const first = startOfWeek(month, weekStart);
  const shown = start === null ? span : inOrder(start, cursor);

  useEffect(() => {
    if (!movedByKey.current) return;
    movedByKey.current = false;
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [cursor]);

  const choose = (date: CalendarDate) => {
    setCursor(date);
    if (start === null) setStart(date);
    else onChoose(inOrder(start, date));
  };

  return (
    <div className="range-calendar">
      <div className="range-calendar-head">
        <button
          type="button"
          className="button-icon"
          aria-label="Previous month"
          onClick={() => {
            setCursor(addMonths(cursor, -1));
          }}
        >
          <Icon name="chevron-left" />
        </button>
        <span aria-live="polite">{formatMonth(month)}</span>
        <button
          type="button"
          className="button-icon"
          aria-label="Next month"
          onClick={() => {
            setCursor(addMonths(cursor, 1));
          }}
        >
          <Icon name="chevron-right" />
        </button>
      </div>
      <div
        ref={grid}
        role="grid"
        aria-label={`${formatMonth(month)}, ${start === null ? 'choose the first day' : 'choose the last day'}`}
        className="range-calendar-grid"
        onKeyDown={(event) => {
          const next = dateAfter(event.key, cursor);
          if (next === undefined) return;
          event.preventDefault();
          movedByKey.current = true;
          setCursor(next);
        }}
      >
        <div role="row" className="range-calendar-week">
          {weekdayInitials(weekStart).map(({ short, name }) => (
            <span key={name} role="columnheader" aria-label={name}>
              {short}
            </span>
          ))}
        </div>
        {[0, 1, 2, 3, 4, 5].map((week) => (
          <div key={week} role="row" className="range-calendar-week">
            {[0, 1, 2, 3, 4, 5, 6].map((weekday) => {
              const date = addDays(first, week * 7 + weekday);
              return (
                <button
                  key={date}
                  type="button"
                  role="gridcell"
                  aria-label={formatWeekdayDate(date)}
                  aria-selected={date >= shown.from && date <= shown.to}
                  aria-current={date === today ? 'date' : undefined}
                  tabIndex={date === cursor ? 0 : -1}
                  className="range-calendar-day"
                  data-edge={date === shown.from || date === shown.to}
                  data-outside={startOfMonth(date) !== month}
                  onClick={() => {
                    choose(date);
                  }}
                >
                  {dayOfMonth(date)}
                </button>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

function dateAfter(key: string, date: CalendarDate): CalendarDate | undefined {
  const step = DAY_STEPS[key];
  if (step !== undefined) return addDays(date, step);
  if (key === 'PageUp') return addMonths(date, -1);
  if (key === 'PageDown') return addMonths(date, 1);
  return undefined;
}

const inOrder = (a: CalendarDate, b: CalendarDate): DateSpan =>
  a <= b ? { from: a, to: b } : { from: b, to: a };
