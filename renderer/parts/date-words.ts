import { formatDate, formatWeekdayDate } from '../../shared/format/calendar.ts';

export type Bucket = 'hour' | 'day' | 'week';

/** What a bucket is called in full: "Thu 19 November", "Week of 16 Nov", "18 Nov, 09:00". */
export function bucketTitle(date: string, bucket: Bucket, today: string): string {
  if (bucket === 'day') return formatWeekdayDate(date);
  if (bucket === 'week') return `Week of ${formatDate(date, today)}`;
  const [day = '', time = ''] = date.split(' ');
  return `${formatDate(day, today)}, ${time}`;
}
