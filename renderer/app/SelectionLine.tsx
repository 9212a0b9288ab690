import { formatSpanInWords } from '../../shared/format/calendar.ts';
import { setDates } from '../charts/use-brush.ts';
import { useSelection } from '../state/selection-store.ts';
import './notice.css';

/** What can be done with the days that are selected. */
export function SelectionLine() {
  const span = useSelection((state) => state.span);
  const select = useSelection((state) => state.select);
  if (span === null) return null;
  return (
    <div className="notice selection-line" role="group" aria-label="Selection">
      <span role="status">
        <strong>{formatSpanInWords(span.from, span.to, 'short')}</strong> selected
      </span>
      <button
        type="button"
        className="button"
        onClick={() => {
          setDates(span);
          select(null);
        }}
      >
        Show only these dates
      </button>
      <button
        type="button"
        className="button-quiet"
        onClick={() => {
          select(null);
        }}
      >
        Clear
      </button>
    </div>
  );
}
