import { useEffect, useState } from 'react';
import type { QuarantinedRow } from '../../../shared/rpc/contract/freshness.ts';
import type { ParamsOf, ResultOf, WorkspaceInfo } from '../../../shared/rpc/methods.ts';
import {
  formatCount,
  formatQuantity,
  formatRate,
  formatSpacedCompact,
} from '../../../shared/format/numbers.ts';
import { AddressNotice } from '../../app/AddressNotice.tsx';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { Select } from '../../parts/Select.tsx';
import { formatAddress } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { DEFAULT_OPERATE } from '../../state/operate-address.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { ReadingsTile, readingsOf } from './ReadingsTile.tsx';
import { ReasonList } from './ReasonList.tsx';
import { RowPanel } from './RowPanel.tsx';
import { RowsTable } from './RowsTable.tsx';
import { byReason, reasonName } from './words.ts';
import './quarantine-view.css';

const PAGE_ROWS = 50;
const ANY_SOURCE = '';

/** Rows that could not be an event, with the reason; nothing of them is lost, and they can be judged again. */
export function QuarantineView({ workspace }: { workspace: WorkspaceInfo }) {
  const { backend } = useServices();
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const { operate } = address;
  const act = useAct();
  const [outcome, setOutcome] = useState<string | null>(null);
  const [older, setOlder] = useState<QuarantinedRow[]>([]);
  useEffect(() => {
    document.title = `Rejected rows · ${workspace.name} · Tidemark`;
  }, [workspace.name]);

  const report = useCall('query.freshness', {}, workspace.revision);
  const totals = useCall('query.sources', {}, workspace.revision);
  const groups = byReason(
    (report.value?.quarantine ?? []).filter(
      ({ sourceName }) => operate.source === null || sourceName === operate.source,
    ),
  );
  const chosen = groups.find(({ reason }) => reason === operate.reason) ?? groups[0];
  const reason = chosen?.reason ?? null;
  const request = { sourceName: operate.source, reason, limit: PAGE_ROWS };
  const page = useCall('query.quarantine.rows', reason === null ? null : request, workspace.revision);
  useEffect(() => {
    setOlder([]);
  }, [reason, operate.source, workspace.revision]);
  const rows = [...(page.value?.rows ?? []), ...older];
  const index = rows.findIndex(({ quarantineId }) => quarantineId === operate.row);
  const row = rows[index];

  const point = (change: Partial<typeof operate>) => {
    go({ operate: { ...operate, ...change } });
  };
  const readmit = async (what: { sourceName: string | null; reason: string | null }) => {
    setOutcome(null);
    const done = await act.run('readmit', () => backend.call('command.quarantine.readmit', what));
    if (done !== undefined) tell(done);
  };
  const readState = async (reading: { sourceName: string; state: string; as: string | null }) => {
    setOutcome(null);
    const done = await act.run('readmit', () => backend.call('command.quarantine.readState', reading));
    if (done !== undefined) tell(done);
    return done !== undefined;
  };
  const readAs = async ({ sourceName, environment: of }: QuarantinedRow, state: string, as: StateName) => {
    const isDone = await readState({ sourceName, state, as: as.id });
    if (isDone && of !== null)
      await act.run('note', () =>
        backend.call('command.annotation.create', readingNote(of, { sourceName, state, label: as.label })),
      );
  };
  const tell = (done: ResultOf<'command.quarantine.readmit'>) => {
    setOutcome(
      `${formatQuantity(done.readmitted, 'row')} came back from ${formatQuantity(done.objects, 'object')}; ` +
        `${formatCount(done.left)} ${done.left === 1 ? 'is' : 'are'} still refused.`,
    );
    report.again();
    totals.again();
    page.again();
  };
  const showOlder = async () => {
    const last = rows.at(-1);
    if (last === undefined) return;
    const next = await act.run('older', () =>
      backend.call('query.quarantine.rows', { ...request, before: last.quarantineId }),
    );
    if (next !== undefined) setOlder([...older, ...next.rows]);
  };

  const sum = sumOf(totals.value?.sources ?? []);
  const all = byReason(report.value?.quarantine ?? []);
  const setAside = all.reduce((count, { rows: some }) => count + some, 0);
  const first = all[0];
  const isReading = report.value === null && report.failure === null;
  return (
    <div className="view-with-panel">
      <div className="view-column">
        <AddressNotice />
        <header className="page-head page-head-row">
          <div className="page-head-text">
            <div className="page-crumb">
              <a href={formatAddress({ ...address, view: 'freshness', operate: DEFAULT_OPERATE })}>
                Freshness
              </a>{' '}
              / Rejected rows
            </div>
            <h1 className="page-finding" aria-busy={isReading}>
              {isReading ? (
                <span>Reading…</span>
              ) : first === undefined ? (
                <>
                  <strong>No row is set aside.</strong>
                  <span> Every row that was read is kept or was there already.</span>
                </>
              ) : (
                <>
                  <strong>
                    {formatCount(setAside)} of {formatSpacedCompact(sum.read)} rows{' '}
                    {setAside === 1 ? 'is' : 'are'} set aside.
                  </strong>
                  <span>
                    {' '}
                    {formatCount(first.rows)} {first.rows === 1 ? 'is' : 'are'} refused for one reason:{' '}
                    {reasonName(first.reason, first.fields[0] ?? null).toLowerCase()}.
                  </span>
                </>
              )}
            </h1>
          </div>
          <div className="page-head-actions">
            <button
              type="button"
              className="button"
              disabled={act.doing !== null || setAside === 0}
              onClick={() => void readmit({ sourceName: null, reason: null })}
            >
              <Icon name="sync" />
              {act.doing === 'readmit' ? 'Judging…' : 'Check all again'}
            </button>
          </div>
        </header>
        <Refusal failure={act.failure} what="The rows could not be judged again" onDismiss={act.clear} />
        <Refusal failure={report.failure} what="The quarantine cannot be read" onRetry={report.again} />
        <Refusal failure={page.failure} what="The rows cannot be read" onRetry={page.again} />
        <p className="quarantine-outcome" role="status" hidden={outcome === null}>
          {outcome}
        </p>
        <dl className="quarantine-sum" aria-label="Rows since the sources exist">
          <Figure id="read" label="Read, all sources" value={sum.read} aside="since they exist" />
          <Figure
            id="kept"
            label="= Kept"
            value={sum.kept}
            aside={formatRate(sum.read === 0 ? null : sum.kept / sum.read, 2)}
          />
          <Figure id="duplicate" label="+ Duplicate" value={sum.duplicate} aside="same event_id" />
          <Figure
            id="quarantined"
            label="+ Set aside"
            value={sum.quarantined}
            aside={formatQuantity(all.length, 'reason')}
            isCritical={sum.quarantined > 0}
          />
        </dl>
        <div className="page-sheet">
          <div className="quarantine-grid">
            <ReasonList
              groups={groups}
              chosen={reason}
              onChoose={(next) => {
                point({ reason: next, row: null });
              }}
            />
            <section
              className="plain-tile"
              data-tile="quarantine-rows"
              aria-busy={page.isAsking}
              aria-label="Rows"
            >
              <div className="plain-tile-head">
                <h2>Rows</h2>
                <span>{chosen === undefined ? '' : `${chosen.sources.join(', ')}; newest first`}</span>
                <div className="plain-tile-aside">
                  <Select
                    label="Source"
                    chosen={operate.source ?? ANY_SOURCE}
                    choices={[
                      { id: ANY_SOURCE, label: 'All sources' },
                      ...[
                        ...new Set((report.value?.quarantine ?? []).map(({ sourceName }) => sourceName)),
                      ].map((name) => ({
                        id: name,
                        label: name,
                      })),
                    ]}
                    onChoose={(name) => {
                      point({ source: name === ANY_SOURCE ? null : name, row: null });
                    }}
                  />
                </div>
              </div>
              <RowsTable
                rows={rows}
                chosen={operate.row}
                zone={workspace.zone}
                now={workspace.now}
                onChoose={(id) => {
                  point({ row: id, reason });
                }}
              />
              {page.value !== null && rows.length > 0 && rows.length < page.value.total && (
                <p className="quarantine-more">
                  {formatCount(rows.length)} of {formatCount(page.value.total)} rows; copies are kept of some
                  rows per object.
                  {rows.length % PAGE_ROWS === 0 && (
                    <button type="button" className="button-quiet" onClick={() => void showOlder()}>
                      Show older
                    </button>
                  )}
                </p>
              )}
            </section>
          </div>
          <ReadingsTile
            readings={readingsOf(totals.value?.sources ?? [])}
            isBusy={act.doing !== null}
            labelOf={({ environment: of, as }) =>
              statesOf(workspace, of).find(({ id }) => id === as)?.label ?? as
            }
            onUndo={({ sourceName, state }) => void readState({ sourceName, state, as: null })}
          />
        </div>
      </div>
      {row !== undefined && chosen !== undefined && (
        <RowPanel
          row={row}
          position={index}
          total={page.value?.total ?? rows.length}
          group={chosen}
          isBusy={act.doing !== null}
          onStep={(by) => {
            const next = rows[index + by];
            if (next !== undefined) point({ row: next.quarantineId });
          }}
          hasNext={index + 1 < rows.length}
          states={statesOf(workspace, row.environment)}
          onReadState={(state, as) => void readAs(row, state, as)}
          onReadmit={() => void readmit({ sourceName: operate.source, reason: chosen.reason })}
          onClose={() => {
            point({ row: null });
          }}
        />
      )}
    </div>
  );
}

const statesOf = ({ environments }: WorkspaceInfo, of: string | null): StateName[] =>
  stateNames(environments.find(({ environment }) => environment === of)?.taxonomy ?? null, []);

/** Reading a label as another is written to the annotations of the view that it changes. */
const readingNote = (
  environment: string,
  { sourceName, state, label }: { sourceName: string; state: string; label: string },
): ParamsOf<'command.annotation.create'> => ({
  environment,
  target: { view: 'practices', metric: 'state_share', filters: [], breakdown: null },
  anchor: { kind: 'view' },
  title: `“${state}” is read as ${label}`,
  body: `Rows of “${sourceName}” that say “${state}”, which no taxonomy version names, count as ${label}.`,
  tags: ['taxonomy'],
  status: 'action',
});

interface Sum {
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
}

const sumOf = (sources: readonly Sum[]): Sum =>
  sources.reduce(
    (sum, one) => ({
      read: sum.read + one.read,
      kept: sum.kept + one.kept,
      duplicate: sum.duplicate + one.duplicate,
      quarantined: sum.quarantined + one.quarantined,
    }),
    { read: 0, kept: 0, duplicate: 0, quarantined: 0 },
  );

interface FigureProps {
  id: string;
  label: string;
  value: number;
  aside: string;
  isCritical?: boolean;
}

function Figure({ id, label, value, aside, isCritical = false }: FigureProps) {
  return (
    <div data-figure={id}>
      <dt>{label}</dt>
      <dd>
        <strong data-crit={isCritical}>{formatCount(value)}</strong>
        <span>{aside}</span>
      </dd>
    </div>
  );
}
