import type { ExpectationInfo } from '../../../shared/rpc/contract/privacy.ts';
import type { WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import { formatDate } from '../../../shared/format/calendar.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import { formatCount, formatQuantity } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { EnvironmentMark } from '../../parts/EnvironmentMark.tsx';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { SchemaForm } from './SchemaForm.tsx';

const ORIGINS = { avro: 'Avro', 'json-schema': 'JSON Schema' } as const;
const PROBLEMS = {
  missing: 'is missing',
  'wrong-type': 'has another type',
  'not-allowed': 'holds a value outside its list',
} as const;

/** What rows of an event type ought to be, and how many are not; such rows are kept. */
export function ExpectationsTile({ workspace }: { workspace: WorkspaceInfo }) {
  const { backend } = useServices();
  const listed = useCall('query.expectations', {}, workspace.revision);
  const act = useAct();
  const list = listed.value?.expectations ?? [];
  const environments = workspace.environments.map(({ environment }) => environment);
  const remove = async ({ environment, eventType }: ExpectationInfo) => {
    await act.run('remove', () => backend.call('command.expectation.remove', { environment, eventType }));
    listed.again();
  };
  return (
    <PlainTile
      id="settings-expectations"
      title="Schemas"
      subtitle="rows that break one are kept, and counted from its import on"
      isBusy={listed.isAsking}
    >
      <Refusal
        failure={act.failure ?? listed.failure}
        what="The schemas cannot be reached"
        onDismiss={act.clear}
      />
      <div className="expectations">
        {list.length === 0 ? (
          <p className="fresh-quiet">None is imported: properties may be of any type.</p>
        ) : (
          <table className="rows-table">
            <thead>
              <tr>
                <th scope="col">Event type</th>
                <th scope="col">Environment</th>
                <th scope="col">From</th>
                <th scope="col" data-number>
                  Fields
                </th>
                <th scope="col" data-number>
                  Violations
                </th>
                <th scope="col">
                  <span className="visually-hidden">Remove</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((one) => (
                <Expectation
                  key={`${one.environment} ${one.eventType}`}
                  expectation={one}
                  environments={environments}
                  day={formatDate(
                    toLocalDate(one.importedAt, workspace.zone),
                    toLocalDate(workspace.now, workspace.zone),
                  )}
                  onRemove={() => void remove(one)}
                />
              ))}
            </tbody>
          </table>
        )}
        <SchemaForm environments={environments} onImported={listed.again} />
      </div>
    </PlainTile>
  );
}

interface ExpectationProps {
  expectation: ExpectationInfo;
  environments: readonly string[];
  /** Of the import. */
  day: string;
  onRemove: () => void;
}

function Expectation({ expectation, environments, day, onRemove }: ExpectationProps) {
  const { environment, eventType, origin, fields, broken } = expectation;
  const violations = broken.reduce((sum, { rows }) => sum + rows, 0);
  return (
    <>
      <tr data-expectation={eventType}>
        <th scope="row">
          <code>{eventType}</code>
        </th>
        <td>
          <EnvironmentMark environment={environment} all={environments} />
        </td>
        <td>
          {ORIGINS[origin]}, {day}
        </td>
        <td data-number>{formatCount(fields)}</td>
        <td data-number data-key="violations" data-crit={violations > 0}>
          {formatCount(violations)}
        </td>
        <td>
          <button
            type="button"
            className="button-quiet"
            aria-label={`Remove the schema of ${eventType} in ${environment}`}
            onClick={onRemove}
          >
            Remove
          </button>
        </td>
      </tr>
      {broken.map(({ source, field, problem, rows }) => (
        <tr key={`${source} ${field} ${problem}`} className="expectation-broken">
          <td colSpan={4}>
            <code>{field}</code> {PROBLEMS[problem]}, {source}
          </td>
          <td data-number>{formatQuantity(rows, 'row')}</td>
          <td />
        </tr>
      ))}
    </>
  );
}
