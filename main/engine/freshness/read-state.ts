import type { ResultOf } from '../../../shared/rpc/methods.ts';
import { AppError } from '../../../shared/errors.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN, READ_AGAIN } from '../store/ledger.ts';
import type { StateReadings } from '../sync/read-states.ts';
import { knownStates } from '../sync/taxonomy-states.ts';
import { countQuarantined } from './quarantine.ts';
import { readmit } from './readmit.ts';

export interface StateReading {
  sourceName: string;
  /** No version of the taxonomy names it. */
  state: string;
  /** A state of the taxonomy; null: it is not read as another any more. */
  as: string | null;
}

interface SourceOfStates {
  sourceId: number;
  kind: string;
  environment: string | null;
  config: string;
}

/**
 * From now on a source's unknown state is read as a known one, and the rows that it kept out are judged again. The
 * reading stands in the configuration of the source. Where it takes the place of another, everything that the source
 * has brought is read again, since rows came in under that one.
 */
export async function readState(
  { store, jobs }: { store: EngineStore; jobs: Pick<JobService, 'run' | 'exclusively'> },
  reading: StateReading,
  signal: AbortSignal,
): Promise<ResultOf<'command.quarantine.readState'>> {
  const choice = { sourceName: reading.sourceName, reason: 'unknown-state' };
  const refusedBefore = countQuarantined(store.db, choice);
  const objects = await jobs.exclusively(() => Promise.resolve(save(store, reading)));
  if (objects === null) return readmit({ store, jobs }, choice, signal);
  await jobs.run({ sourceName: reading.sourceName, reason: 'readmit', signal });
  const left = countQuarantined(store.db, choice);
  return { objects, readmitted: Math.max(0, refusedBefore - left), left };
}

/** How many objects are to be read again because rows came in under another reading; null: none did. */
function save(store: EngineStore, reading: StateReading): number | null {
  const source = sourceOf(store, reading.sourceName);
  const before = readingsOf(source);
  checkReading(store, source, reading);
  return store.db.transaction(() => {
    writeReadings(store, source, changed(before, reading));
    return before[reading.state] === undefined ? null : markAll(store, source.sourceId);
  })();
}

function sourceOf({ db }: EngineStore, name: string): SourceOfStates {
  const source = db
    .prepare<[string], SourceOfStates>(
      `SELECT source_id AS sourceId, kind, environment, config FROM sources
       WHERE name = ? AND dataset = 'events' AND removed_at_ms IS NULL`,
    )
    .get(name);
  if (source === undefined) throw new AppError('not-found', `there is no source of events named "${name}"`);
  if (source.kind === 'import')
    throw new AppError('not-available', 'an imported file is not at hand any more; import it again instead');
  return source;
}

function checkReading(
  store: EngineStore,
  { environment }: SourceOfStates,
  { state, as }: StateReading,
): void {
  const known = knownStates(store.db, environment ?? '');
  if (known === null)
    throw new AppError('bad-input', 'the environment has no taxonomy: every state is known');
  if (known.has(state))
    throw new AppError('bad-input', `the taxonomy knows "${state}"; it cannot be read as another state`, {
      path: 'state',
    });
  if (as !== null && !known.has(as))
    throw new AppError('bad-input', `unknown state "${as}"; expected ${[...known].join(', ')}`, {
      path: 'as',
    });
}

const readingsOf = ({ config }: SourceOfStates): StateReadings =>
  (JSON.parse(config) as { states?: StateReadings }).states ?? {};

function changed(readings: StateReadings, { state, as }: StateReading): StateReadings {
  const { [state]: _before, ...others } = readings;
  return as === null ? others : { ...others, [state]: as };
}

function writeReadings(
  { db }: EngineStore,
  { sourceId, config }: SourceOfStates,
  states: StateReadings,
): void {
  const next = { ...(JSON.parse(config) as object), states };
  db.prepare<[string, number]>('UPDATE sources SET config = ? WHERE source_id = ?').run(
    JSON.stringify(next),
    sourceId,
  );
}

const markAll = ({ db }: EngineStore, sourceId: number): number =>
  db
    .prepare<[number]>(
      `UPDATE ledger SET version = '${READ_AGAIN}' || version WHERE source_id = ? AND NOT ${IS_READ_AGAIN}`,
    )
    .run(sourceId).changes;
