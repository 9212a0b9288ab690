import { Tooltip } from './Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from './tooltip-content.ts';
import type { RowReading } from './use-row-reading.ts';

/** What is known of the row that is read: under it, and said where keys led there. */
export function RowReadout({
  reading: { host, size, rowHeight, shown },
  content,
  top = 0,
}: {
  reading: RowReading;
  content: TooltipContent | null;
  /** Where the first row begins, pixels. */
  top?: number;
}) {
  return (
    <>
      {content !== null && shown !== null && (
        <Tooltip
          anchor={host}
          x={(size?.width ?? 0) / 2}
          y={top + (shown.index + 1) * rowHeight + 4}
          content={content}
        />
      )}
      <div className="visually-hidden" aria-live="polite">
        {shown?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </>
  );
}
