import { useState } from 'react';
import type { SourcePreview } from '../../../shared/rpc/contract/sources.ts';
import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Select } from '../../parts/Select.tsx';
import { NOT_PULLED } from './draft.ts';

interface FieldMapProps {
  preview: SourcePreview | null;
  isBusy: boolean;
  onRetarget: (field: string, target: string) => void;
}

/** Which field becomes what, over the first rows as they would be stored. */
export function FieldMap({ preview, isBusy, onRetarget }: FieldMapProps) {
  const [isOnlyRejected, setOnlyRejected] = useState(false);
  if (preview === null)
    return (
      <PlainTile id="field-map" title="Field map" isBusy={isBusy}>
        <p className="fresh-quiet">
          {isBusy ? 'Reading the first rows…' : 'The first 20 rows show here once it is tested.'}
        </p>
      </PlainTile>
    );
  const { sourceFields, rows, fields, proposed } = preview;
  const pulled = sourceFields.filter(({ target }) => target !== null).length;
  const rejected = rows.filter(({ problem }) => problem !== null);
  const targets = new Set(sourceFields.map(({ target }) => target));
  const further = fields.filter((field) => !targets.has(field));
  const shown = isOnlyRejected ? rejected : rows;
  return (
    <PlainTile
      id="field-map"
      title="Field map"
      subtitle={
        `first ${formatQuantity(rows.length, 'row')} as they will be stored; ${pulled} of ` +
        `${formatQuantity(sourceFields.length, 'field')} pulled, ${formatQuantity(rejected.length, 'row')} would be rejected` +
        (proposed.missing.length === 0 ? '' : `; map ${proposed.missing.join(', ')} by hand`)
      }
      isBusy={isBusy}
      aside={
        <label className="source-check">
          <input
            type="checkbox"
            checked={isOnlyRejected}
            onChange={({ target }) => {
              setOnlyRejected(target.checked);
            }}
          />
          Only rejected
        </label>
      }
    >
      <div className="field-map" tabIndex={0} role="region" aria-label="First rows">
        <table>
          <thead>
            <tr>
              {sourceFields.map(({ name, type, target }) => (
                <th key={name} scope="col" title={type}>
                  <span>{name}</span>
                  <Select
                    label={`${name} becomes`}
                    chosen={target ?? NOT_PULLED}
                    choices={choicesOf(name, target)}
                    onChoose={(next) => {
                      onRetarget(name, next);
                    }}
                  />
                </th>
              ))}
              {further.map((field) => (
                <th key={field} scope="col">
                  <span>–</span>
                  <code>{field}</code>
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">Why it would be rejected</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ cells, problem }, index) => (
              <tr key={index} data-rejected={problem !== null}>
                {sourceFields.map(({ name, target }) => (
                  <Cell
                    key={name}
                    value={target === null ? undefined : cells[target]}
                    isFaulty={isAt(problem, target)}
                  />
                ))}
                {further.map((field) => (
                  <Cell key={field} value={cells[field]} isFaulty={isAt(problem, field)} />
                ))}
                <td className="field-map-why">
                  {problem === null
                    ? ''
                    : `Rejected: ${problem.reason}${problem.field === null ? '' : ` (${problem.field})`}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </PlainTile>
  );
}

const isAt = (problem: { field: string | null } | null, target: string | null): boolean =>
  problem !== null && target !== null && problem.field === target;

function Cell({ value, isFaulty }: { value: string | number | boolean | undefined; isFaulty: boolean }) {
  const text = value === undefined ? '–' : String(value);
  const isScrubbed = /\[(email|phone|ip|card|token)\]/.test(text);
  return (
    <td data-faulty={isFaulty} data-scrubbed={isScrubbed} title={text.length > 24 ? text : undefined}>
      {text}
    </td>
  );
}

function choicesOf(name: string, target: string | null): { id: string; label: string }[] {
  const columns = Object.keys(EVENT_COLUMNS);
  const own = [...new Set([name, ...(target === null ? [] : [target])])].filter(
    (one) => !columns.includes(one),
  );
  return [
    { id: NOT_PULLED, label: 'Not pulled' },
    ...own.map((id) => ({ id, label: id })),
    ...columns.map((id) => ({ id, label: id })),
  ];
}
