import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import type { AnnotationView } from '../../../shared/annotations/view.ts';
import type { NotesRemoteInfo, ShownAnnotation } from '../../../shared/rpc/contract/annotations.ts';
import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { MethodOf } from '../../../shared/rpc/methods.ts';
import {
  annotationPage,
  forWire,
  numbered,
  type NumberedNotes,
  numbersByView,
  pinsOf,
} from './annotation-page.ts';
import type { AnnotationService } from './annotation-service.ts';
import type { EngineNotes } from './engine-notes.ts';
import type { Remote } from './remotes.ts';
import { tableSql } from './table-sql.ts';
import { countsOf } from './views.ts';

type AnnotationMethod = Extract<MethodOf<'engine'>, `${string}.annotation${string}`>;
export type AnnotationHandlers = Pick<Handlers<'engine'>, AnnotationMethod>;

const QUARANTINE_TEXT_LENGTH = 2_000;

/** Annotations behind the contract. `notes` throws where the folder holds no workspace yet. */
export function annotationHandlers(notes: () => Pick<EngineNotes, 'service' | 'wake'>): AnnotationHandlers {
  const service = (): AnnotationService => notes().service;
  let known: (NumberedNotes & { environment: string; revision: number }) | undefined;
  /** Kept until something changes: a view asks for its pins, the first page and the counts at once. */
  const everything = (environment: string): NumberedNotes => {
    const revision = service().revision();
    if (known?.revision === revision && known.environment === environment) return known;
    const all = service().list({ environment, withDeleted: true });
    known = { environment, revision, all, numbers: numbersByView(all) };
    return known;
  };
  const remotesOf = (environment: string): NotesRemoteInfo[] =>
    service()
      .remotes()
      .filter((remote) => remote.environment === environment)
      .map((remote) => remoteInfo(remote, service()));

  const infoOf = (remoteId: number): NotesRemoteInfo => {
    const found = service()
      .remotes()
      .find((one) => one.remoteId === remoteId);
    if (found === undefined)
      throw new AppError('not-found', `there is no source of notes with the id ${remoteId}`);
    return remoteInfo(found, service());
  };

  /** A command that is sent again after a crash has the same `op`, and so is the same operation. */
  const writes =
    <Input extends { opId?: string | undefined }>(write: (input: Input) => AnnotationView) =>
    (input: Input, { op }: { op: string | undefined }): ShownAnnotation => {
      const opId = input.opId ?? op;
      const shown = write({ ...input, ...(opId === undefined ? {} : { opId }) });
      notes().wake();
      return forWire(shown);
    };

  return {
    'query.annotations': (filter) => {
      const page = annotationPage(everything(filter.environment), filter);
      return { ...page, counts: { ...page.counts, quarantined: service().countQuarantined() } };
    },
    'query.annotations.pins': ({ environment, ...range }) => pinsOf(everything(environment), range),
    'query.annotations.one': ({ environment, annotationId }) =>
      numbered(service().get(environment, annotationId), everything(environment).numbers),
    'query.annotations.state': ({ environment }) => ({
      ...service().identity(),
      counts: {
        ...countsOf(everything(environment).all),
        quarantined: service().countQuarantined(),
      },
      remotes: remotesOf(environment),
    }),
    'query.annotations.pending': ({ environment, annotationId }) => ({
      operations: service().pending(environment, annotationId ?? undefined),
    }),
    'query.annotations.quarantined': ({ limit }) => ({
      entries: service()
        .quarantined(limit)
        .map(({ place, reason, content }) => ({
          place,
          reason,
          text: content?.slice(0, QUARANTINE_TEXT_LENGTH) ?? null,
        })),
    }),
    'command.annotation.create': writes((input) => service().create(input)),
    'command.annotation.edit': writes((input) => service().edit(input)),
    'command.annotation.reply': writes((input) => service().reply(input)),
    'command.annotation.status': writes((input) => service().setStatus(input)),
    'command.annotation.resolve': writes((input) => service().resolve(input)),
    'command.annotation.delete': writes((input) => service().delete(input)),
    'command.annotation.restore': writes((input) => service().restore(input)),
    'command.annotation.undo': writes((input) => service().undo(input)),
    'command.annotations.author': (input) => {
      service().setAuthor(input);
      return service().identity();
    },
    'command.annotations.sync': async ({ environment }, { signal }) => {
      for (const { remoteId, environment: its } of service().remotes())
        if (its === environment) await pushInTurn(service(), remoteId, signal);
      return { remotes: remotesOf(environment) };
    },
    'query.annotations.table': ({ config }) => ({ sql: tableSql(config) }),
    'command.annotations.remote.add': async ({ remote, makesTable }, { signal }) => {
      if (makesTable) await service().makeTable(remote, signal);
      const remoteId = service().addRemote(remote);
      notes().wake();
      return infoOf(remoteId);
    },
    'query.annotations.remote.test': (remote, { signal }) => service().testRemote(remote, signal),
    'command.annotations.remote.update': async ({ remoteId, name, config, makesTable }, { signal }) => {
      const { environment } = infoOf(remoteId);
      if (makesTable) await service().makeTable({ name, environment, config }, signal);
      await service().updateRemote(remoteId, { name, config });
      notes().wake();
      return infoOf(remoteId);
    },
    'command.annotations.remote.remove': async ({ remoteId }) => {
      await service().removeRemote(remoteId);
      return {};
    },
  };
}

const TURN_MS = 100;

/** After a sync of the source that runs already: it may have looked before the last note was written. A source that does
 *  not answer says so in its own state. */
async function pushInTurn(service: AnnotationService, remoteId: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await service.push(remoteId, signal);
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal' || error.code === 'cancelled')
        throw error;
      if (error.code !== 'conflict') return;
      await delay(TURN_MS, undefined, { signal });
    }
  }
}

const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const remoteInfo = (remote: Remote, service: AnnotationService): NotesRemoteInfo => ({
  remoteId: remote.remoteId,
  name: remote.name,
  environment: remote.environment,
  config: remote.config,
  ...service.waitingFor(remote.remoteId),
  pulledAt: isoOf(remote.pulledAtMs),
  pushedAt: isoOf(remote.pushedAtMs),
  failures: remote.failures,
  nextAttemptAt: isoOf(remote.nextAttemptAtMs),
  lastFailure: remote.lastFailure,
});
