import {
  addDays,
  addMonths,
  type CalendarDate,
  startOfMonth,
  startOfWeek,
} from '../../shared/format/calendar.ts';

/** Ranges that move with today. Both ends are included. */

export interface DateSpan {
  from: CalendarDate;
  to: CalendarDate;
}

export interface Calendar {
  today: CalendarDate;
  weekStart: 'monday' | 'sunday';
  /** Day of the first event; null without events. */
  firstDate: CalendarDate | null;
}

const last =
  (days: number) =>
  (calendar: Calendar): DateSpan => ({
    from: addDays(calendar.today, 1 - days),
    to: calendar.today,
  });

/** Whole weeks, the running one included. */
const lastWeeks =
  (weeks: number) =>
  ({ today, weekStart }: Calendar): DateSpan => ({
    from: addDays(startOfWeek(today, weekStart), 7 * (1 - weeks)),
    to: today,
  });

const PRESETS = {
  today: { label: 'Today', span: last(1) },
  yesterday: {
    label: 'Yesterday',
    span: ({ today }: Calendar) => ({ from: addDays(today, -1), to: addDays(today, -1) }),
  },
  '7d': { label: 'Last 7 days', span: last(7) },
  '14d': { label: 'Last 14 days', span: last(14) },
  '28d': { label: 'Last 28 days', span: last(28) },
  '90d': { label: 'Last 90 days', span: last(90) },
  '12w': { label: 'Last 12 weeks', span: lastWeeks(12) },
  '24w': { label: 'Last 24 weeks', span: lastWeeks(24) },
  'this-week': {
    label: 'This week',
    span: ({ today, weekStart }: Calendar) => ({ from: startOfWeek(today, weekStart), to: today }),
  },
  'this-month': {
    label: 'This month',
    span: ({ today }: Calendar) => ({ from: startOfMonth(today), to: today }),
  },
  'last-month': {
    label: 'Last month',
    span: ({ today }: Calendar) => ({
      from: startOfMonth(addMonths(startOfMonth(today), -1)),
      to: addDays(startOfMonth(today), -1),
    }),
  },
  all: {
    label: 'All days',
    span: ({ today, firstDate }: Calendar) => ({
      from: firstDate === null || firstDate > today ? addDays(today, -27) : firstDate,
      to: today,
    }),
  },
} as const satisfies Record<string, { label: string; span: (calendar: Calendar) => DateSpan }>;

export type PresetId = keyof typeof PRESETS;
export const PRESET_IDS = Object.keys(PRESETS) as PresetId[];
export const isPresetId = (text: string): text is PresetId => Object.hasOwn(PRESETS, text);
export const presetLabel = (id: PresetId): string => PRESETS[id].label;
export const presetSpan = (id: PresetId, calendar: Calendar): DateSpan => PRESETS[id].span(calendar);
