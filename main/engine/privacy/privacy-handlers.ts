import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { DeletionRequest, PRIVACY_METHODS, PrivacyState } from '../../../shared/rpc/contract/privacy.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { keyProtection } from './deletion-key.ts';
import {
  DELETION_DEADLINE_MS,
  type DeletionRow,
  listDeletions,
  requestDeletions,
} from './deletion-requests.ts';
import { importExpectation, listExpectations, removeExpectation } from './expectations.ts';
import { noteExport } from './export-list.ts';
import { nowOf } from './now-of.ts';
import { purge } from './purge.ts';
import { retentionPreview, setRetention } from './retention-settings.ts';

type PrivacyHandlers = Pick<Handlers<'engine'>, keyof typeof PRIVACY_METHODS>;

export interface PrivacyWork {
  /** Throws where the folder holds no workspace yet. */
  store: () => EngineStore;
  /** Applies what is pending as soon as the store is free. */
  apply: () => Promise<void>;
  /** Runs work while no sync or merge does. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
}

export function privacyHandlers({ store, apply, exclusively }: PrivacyWork): PrivacyHandlers {
  return {
    'query.privacy': () => privacyState(store()),
    'command.privacy.delete': async ({ userId, requestId }) => {
      const id = await requestDeletion(store(), { userId, requestId });
      await apply();
      return requestById(store(), id);
    },
    'command.export.note': (made) => {
      noteExport(store(), made);
      return {};
    },
    'query.retention': ({ drafts }) => ({ sources: retentionPreview(store(), drafts) }),
    'command.retention.set': (settings) => setRetention(store(), settings),
    'query.expectations': () => ({ expectations: listExpectations(store()) }),
    'command.expectation.import': ({ environment, eventType, schema }) => {
      importExpectation(store(), { environment, eventType, schema });
      return { expectations: listExpectations(store()) };
    },
    'command.expectation.remove': (expectation) => {
      removeExpectation(store(), expectation);
      return { expectations: listExpectations(store()) };
    },
    'command.retention.purge': ({ seenRows }) => exclusively(() => purge(store(), seenRows)),
  };
}

/** By hand. Returns the id of the request. */
export async function requestDeletion(
  store: EngineStore,
  { userId, requestId }: { userId: string; requestId: string | null },
): Promise<string> {
  const request = { userId, requestId, requestedAtMs: nowOf(store), origin: 'manual' as const };
  const [id = ''] = await requestDeletions(store, [request]);
  return id;
}

export function privacyState(store: EngineStore): PrivacyState {
  const refused = store.db
    .prepare<[], { users: number }>('SELECT count(*) AS users FROM refused_users')
    .get();
  return {
    requests: deletionRequests(store),
    refusedUsers: refused?.users ?? 0,
    keyProtection: keyProtection(store),
  };
}

/** By time left, for whoever watches deadlines; done ones behind. */
export const deletionRequests = (store: EngineStore): DeletionRequest[] =>
  listDeletions(store).map((row) => requestOf(row, nowOf(store)));

export function requestById(store: EngineStore, requestId: string): DeletionRequest {
  const found = deletionRequests(store).find((request) => request.requestId === requestId);
  if (found === undefined) throw new Error(`request ${requestId} is not there`);
  return found;
}

function requestOf(row: DeletionRow, nowMs: number): DeletionRequest {
  const { requestedAtMs, acceptedAtMs, appliedAtMs, doneAtMs, ...rest } = row;
  const deadlineMs = requestedAtMs + DELETION_DEADLINE_MS;
  return {
    ...rest,
    requestedAt: instantOf(requestedAtMs),
    acceptedAt: instantOf(acceptedAtMs),
    appliedAt: appliedAtMs === null ? null : instantOf(appliedAtMs),
    doneAt: doneAtMs === null ? null : instantOf(doneAtMs),
    deadlineAt: instantOf(deadlineMs),
    timeLeftMs: rest.state === 'done' ? null : deadlineMs - nowMs,
  };
}

const instantOf = (ms: number): string => new Date(ms).toISOString();
