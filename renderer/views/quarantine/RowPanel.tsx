import type { QuarantinedRow } from '../../../shared/rpc/contract/freshness.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import type { StateName } from '../../state/state-names.ts';
import { StateRepair } from './StateRepair.tsx';
import { copyFields, fieldOf, type ReasonGroup, reasonName, reasonNext, reasonSays } from './words.ts';

interface RowPanelProps {
  row: QuarantinedRow;
  position: number;
  total: number;
  group: ReasonGroup;
  isBusy: boolean;
  hasNext: boolean;
  onStep: (by: 1 | -1) => void;
  onReadmit: () => void;
  /** States of the taxonomy that an unknown one may be read as. */
  states: readonly StateName[];
  onReadState: (state: string, as: StateName) => void;
  onClose: () => void;
}

/** One refused row: why, its redacted copy, and how it comes back. */
export function RowPanel(props: RowPanelProps) {
  const { row, position, total, group, isBusy, hasNext, onStep, onReadmit, onClose } = props;
  const { states, onReadState } = props;
  const value = row.field === null ? null : fieldOf(row.copy, row.field);
  return (
    <Panel
      title={`Row ${formatCount(position + 1)} of ${formatCount(total)}`}
      previousLabel="Newer row"
      nextLabel="Older row"
      onPrevious={
        position === 0
          ? null
          : () => {
              onStep(-1);
            }
      }
      onNext={
        hasNext
          ? () => {
              onStep(1);
            }
          : null
      }
      onClose={onClose}
    >
      <div className="row-panel">
        <h3>
          <Icon name="alert" />
          {reasonName(row.reason, row.field)}
          {value === null ? '' : `: ${value}`}
        </h3>
        <p>
          {reasonSays(row.reason)} {reasonNext(row.reason)}
        </p>
        <Copy row={row} />
        <p className="row-panel-quiet">
          Redacted copy. Line {formatCount(row.position)} of {row.object}, read by {row.sourceName}.
        </p>
      </div>
      <div className="row-panel-foot">
        {row.reason === 'unknown-state' && value !== null && states.length > 0 && group.canReadmit && (
          <StateRepair
            key={value}
            state={value}
            states={states}
            isBusy={isBusy}
            onRead={(as) => {
              onReadState(value, as);
            }}
          />
        )}
        {group.canReadmit ? (
          <p className="row-panel-quiet">
            Judges every row of these objects again by the map, taxonomy and clock of now; none counts twice.
          </p>
        ) : (
          <p className="row-panel-quiet">
            The file was imported and is not at hand; import it again instead.
          </p>
        )}
        <div>
          <button
            type="button"
            className="button-primary"
            disabled={isBusy || !group.canReadmit}
            onClick={onReadmit}
          >
            Re-admit {formatQuantity(group.rows, 'row')}
          </button>
          <button
            type="button"
            className="button"
            disabled={row.copy === null}
            onClick={() => void navigator.clipboard.writeText(row.copy ?? '')}
          >
            Copy redacted
          </button>
        </div>
      </div>
    </Panel>
  );
}

function Copy({ row: { copy, field } }: { row: QuarantinedRow }) {
  const fields = copyFields(copy);
  const text = fields === null ? (copy ?? 'No copy is kept of this row.') : JSON.stringify(fields, null, 2);
  return (
    <pre className="row-panel-copy" tabIndex={0} aria-label="Redacted copy">
      {text.split('\n').map((line, index) => (
        <span key={index} data-fault={field !== null && line.trimStart().startsWith(`"${field}":`)}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
