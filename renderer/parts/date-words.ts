import { formatDate, formatWeekdayDate } from '../../shared/format/calendar.ts';

export type Bucket = 'hour' | 'day' | 'week';

/** "hourly" in a subtitle, and the head of the column of a table. */
export const BUCKET_WORDS: Record<Bucket, string> = { hour: 'hourly', day: 'daily', week: 'weekly' };
export const BUCKET_HEADS: Record<Bucket, string> = { hour: 'Hour', day: 'Day', week: 'Week of' };

/** What a bucket is called in full: "Thu 19 November", "Week of 16 Nov", "18 Nov, 09:00". */
export function bucketTitle(date: string, bucket: Bucket, today: string): string {
  if (bucket === 'day') return formatWeekdayDate(date);
  if (bucket === 'week') return `Week of ${formatDate(date, today)}`;
  const [day = '', time = ''] = date.split(' ');
  return `${formatDate(day, today)}, ${time}`;
}
