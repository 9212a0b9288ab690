import type { RetentionSource } from '../../../shared/rpc/contract/privacy.ts';
import { formatBytes, formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { aggregateChoices, changeText, type RetentionChange, spanText } from './retention-words.ts';

const LONGEST_DAYS = 36_500;
const COLUMNS = 8;

interface RetentionRowProps {
  source: RetentionSource;
  /** Settings that are not saved; null: it stands as it is saved. */
  change: RetentionChange | null;
  preview: RetentionSource | null;
  now: string;
  isBusy: boolean;
  onChange: (change: RetentionChange) => void;
  onDiscard: () => void;
  onSave: (change: RetentionChange, preview: RetentionSource) => void;
}

/** One source; a change shows what it would do before it is saved. */
export function RetentionRow(props: RetentionRowProps) {
  const { source, change, preview, now, isBusy, onChange, onDiscard, onSave } = props;
  const { sourceName, purged } = source;
  const shown = change ?? settingsOf(source);
  const { hotDays, aggregateDays, purges } = shown;
  const next = preview?.next ?? null;
  return (
    <>
      <tr data-source={sourceName} data-changed={change !== null}>
        <th scope="row">
          {sourceName}
          {purged.days > 0 && (
            <span className="retention-purged">
              {formatQuantity(purged.rowsToAggregates + purged.rowsRemoved, 'row')} went of{' '}
              {spanText(purged, now)}
            </span>
          )}
        </th>
        <td>
          <TextField
            label={`Days that ${sourceName} keeps rows`}
            value={String(hotDays)}
            width="number"
            inputMode="numeric"
            isValid={isDays}
            onSet={(text) => {
              onChange(withHotDays(shown, Number(text)));
            }}
          />
        </td>
        <td>
          <Select
            label={`How long ${sourceName} keeps aggregates`}
            chosen={String(aggregateDays)}
            choices={aggregateChoices(hotDays, aggregateDays)}
            onChoose={(days) => {
              onChange({ ...shown, aggregateDays: Number(days) });
            }}
          />
        </td>
        <td>
          <label className="source-check">
            <input
              type="checkbox"
              aria-label={`Purge ${sourceName}`}
              checked={purges}
              onChange={({ target }) => {
                onChange({ ...shown, purges: target.checked });
              }}
            />
            {purges ? 'On' : 'Off'}
          </label>
        </td>
        <td data-key="days">{next === null ? '…' : next.days === 0 ? 'nothing' : spanText(next, now)}</td>
        <td data-number data-key="rows">
          {next === null ? '…' : formatCount(next.rows)}
        </td>
        <td data-number data-key="aggregates">
          {next === null ? '…' : formatCount(next.rowsToAggregates)}
        </td>
        <td data-number data-key="bytes">
          {next === null ? '…' : formatBytes(next.bytes)}
        </td>
      </tr>
      {change !== null && (
        <tr className="retention-change" data-change={sourceName}>
          <td colSpan={COLUMNS}>
            <div role="group" aria-label={`Unsaved settings of ${sourceName}`}>
              <span aria-live="polite">
                {preview === null ? 'Working out what would go…' : changeText(change, preview, now)}
              </span>
              <button
                type="button"
                className="button"
                disabled={isBusy || preview === null}
                onClick={() => {
                  if (preview !== null) onSave(change, preview);
                }}
              >
                {change.purges && !source.purges ? 'Switch purging on' : 'Save'}
              </button>
              <button type="button" className="button-quiet" onClick={onDiscard}>
                Discard
              </button>
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

const settingsOf = ({ sourceName, hotDays, aggregateDays, purges }: RetentionSource): RetentionChange => ({
  sourceName,
  hotDays,
  aggregateDays,
  purges,
});

/** Aggregates are kept at least as long as rows; where there are none, there go on being none. */
function withHotDays(change: RetentionChange, hotDays: number): RetentionChange {
  const hasAggregates = change.aggregateDays > change.hotDays;
  return {
    ...change,
    hotDays,
    aggregateDays: hasAggregates ? Math.max(change.aggregateDays, hotDays) : hotDays,
  };
}

const isDays = (text: string): boolean => /^[1-9]\d*$/.test(text) && Number(text) <= LONGEST_DAYS;
