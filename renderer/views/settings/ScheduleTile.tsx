import type { SourceJob } from '../../../shared/rpc/contract/jobs.ts';
import { formatBytes } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { Select } from '../../parts/Select.tsx';
import { useJobs } from '../freshness/use-freshness.ts';

const MINUTE_MS = 60_000;
const BY_HAND = '';
const INTERVALS = [
  { id: BY_HAND, label: 'Only when asked' },
  { id: String(MINUTE_MS), label: '1 min' },
  { id: String(5 * MINUTE_MS), label: '5 min' },
  { id: String(30 * MINUTE_MS), label: '30 min' },
  { id: String(60 * MINUTE_MS), label: '1 h' },
  { id: String(360 * MINUTE_MS), label: '6 h' },
  { id: String(1_440 * MINUTE_MS), label: '24 h' },
] as const;
const NO_LIMIT = '';
const GIGABYTE = 1e9;
const BUDGETS = [NO_LIMIT, ...[0.1, 0.5, 1, 2, 10, 50, 200].map((size) => String(size * GIGABYTE))];

/** When each source is read, and how much one run and one month may cost. */
export function ScheduleTile() {
  const { backend } = useServices();
  const { jobs } = useJobs();
  const act = useAct();
  const configure = (sourceName: string, settings: Partial<SourceJob['settings']>) => {
    void act.run('configure', () => backend.call('command.jobs.configure', { sourceName, settings }));
  };
  return (
    <PlainTile
      id="settings-schedule"
      title="Schedule"
      subtitle="also read on request, on wake and when the network comes back"
      isBusy={jobs === null}
    >
      <Refusal failure={act.failure} what="The setting was refused" onDismiss={act.clear} />
      <table className="rows-table">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Check every</th>
            <th scope="col">Budget of a run</th>
            <th scope="col">Budget of a month</th>
            <th scope="col" data-number>
              Read this month
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {(jobs?.sources ?? []).map(({ sourceName, settings, monthUsage, state }) => (
            <tr key={sourceName} data-source={sourceName}>
              <th scope="row">{sourceName}</th>
              <td>
                <Select
                  label={`Check ${sourceName} every`}
                  chosen={idOf(settings.intervalMs)}
                  choices={withChosen(
                    INTERVALS,
                    settings.intervalMs,
                    (ms) => `${Math.round(ms / MINUTE_MS)} min`,
                  )}
                  onChoose={(id) => {
                    configure(sourceName, { intervalMs: id === BY_HAND ? null : Number(id) });
                  }}
                />
              </td>
              <td>
                <Budget
                  label={`Budget of a run of ${sourceName}`}
                  bytes={settings.budgetBytes}
                  onChoose={(budgetBytes) => {
                    configure(sourceName, { budgetBytes });
                  }}
                />
              </td>
              <td>
                <Budget
                  label={`Budget of a month of ${sourceName}`}
                  bytes={settings.monthBytes}
                  onChoose={(monthBytes) => {
                    configure(sourceName, { monthBytes });
                  }}
                />
              </td>
              <td data-number>{formatBytes(monthUsage.bytes)}</td>
              <td className="settings-state">{state}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PlainTile>
  );
}

interface BudgetProps {
  label: string;
  bytes: number | null;
  onChoose: (bytes: number | null) => void;
}

function Budget({ label, bytes, onChoose }: BudgetProps) {
  const choices = BUDGETS.map((id) => ({
    id,
    label: id === NO_LIMIT ? 'No limit' : formatBytes(Number(id)),
  }));
  return (
    <Select
      label={label}
      chosen={idOf(bytes)}
      choices={withChosen(choices, bytes, formatBytes)}
      onChoose={(id) => {
        onChoose(id === NO_LIMIT ? null : Number(id));
      }}
    />
  );
}

const idOf = (value: number | null): string => (value === null ? '' : String(value));

function withChosen(
  choices: readonly { id: string; label: string }[],
  value: number | null,
  inWords: (value: number) => string,
): { id: string; label: string }[] {
  if (value === null || choices.some(({ id }) => id === String(value))) return [...choices];
  return [...choices, { id: String(value), label: inWords(value) }];
}
