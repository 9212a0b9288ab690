import type { Computed } from './setting.ts';

/** A computed result as it crosses threads: the calendar of its period stays behind. */
export type SerialComputed = Omit<Computed, 'period'> & { period: Omit<Computed['period'], 'calendar'> };

export function toSerial({ period, ...computed }: Computed): SerialComputed {
  const { calendar: _calendar, ...span } = period;
  return { ...computed, period: span };
}

export const fromSerial = (
  { period, ...computed }: SerialComputed,
  calendar: Computed['period']['calendar'],
): Computed => ({ ...computed, period: { ...period, calendar } });
