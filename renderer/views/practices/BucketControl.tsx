import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';
import type { DateSpan } from '../../state/date-presets.ts';
import { MAX_DAILY_BUCKETS, MAX_HOURLY_DAYS } from '../../state/display-settings.ts';
import { bucketOf, drawnBucket, fittingBuckets } from '../../state/span-of.ts';

const BUCKETS = [
  { id: 'hour', label: 'Hour', most: MAX_HOURLY_DAYS },
  { id: 'day', label: 'Day', most: MAX_DAILY_BUCKETS },
  { id: 'week', label: 'Week', most: null },
] as const;

/** Hours, days or weeks; what would be too narrow to see says so. */
export function BucketControl({ span }: { span: DateSpan }) {
  const practices = useAddress(({ address }) => address.practices);
  const go = useAddress((state) => state.go);
  const fitting = fittingBuckets(span);
  return (
    <SegmentedControl
      label="Interval"
      isSmall
      choices={BUCKETS.map(({ id, label, most }) => ({
        id,
        label,
        ...(fitting.includes(id) ? {} : { reason: `${label}s fit ${String(most)} days or fewer` }),
      }))}
      chosen={drawnBucket(practices.bucket, span)}
      onChoose={(id) => {
        go({ practices: { ...practices, bucket: id === bucketOf(span) ? 'auto' : id } });
      }}
    />
  );
}
