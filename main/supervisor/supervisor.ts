import { AppError, type AppErrorShape, toErrorShape } from '../../shared/errors.ts';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_LAST_MS,
  KILL_GRACE_MS,
  PROBE_WAIT_MS,
  RESTARTS_ALLOWED,
  RESTARTS_WINDOW_MS,
} from '../../shared/limits.ts';
import type { Link } from '../../shared/rpc/frames.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';
import type { LogEntry, StartOptions } from '../process/control.ts';
import type { ForkedProcess, ForkedRole, Forker } from './forks.ts';

export const FORKED_ROLES = ['engine', 'query'] as const satisfies readonly ForkedRole[];

export interface ProcessState {
  role: ForkedRole;
  state: 'up' | 'down';
  epoch: number;
}

export interface SupervisorOptions<P extends ForkedProcess> {
  fork: Forker<P>;
  runtime: Runtime;
  start: Omit<StartOptions, 'epoch'>;
  log: (entry: LogEntry) => void;
  /** Secrets for the engine alone (HOSTS §4.14); absent: there are none. */
  readSecret?: (name: string) => Promise<string | null>;
  /** The same, set to a random value where it is not; null: nothing set would last. */
  makeSecret?: (name: string) => Promise<string | null>;
}

/** Keeps one engine and one query process running, and hands out links to them. */
export interface Supervisor<P extends ForkedProcess = ForkedProcess> {
  start(): void;
  /** A link to the running process, as soon as there is one. Rejects once the role is given up. */
  connect(role: ForkedRole): Promise<Link>;
  /** The running process, as soon as there is one: Electron posts it a port. */
  whenUp(role: ForkedRole): Promise<P>;
  onState(callback: (state: ProcessState) => void): void;
  /** A process that cannot be kept running, with the reason to show. */
  onFailed(callback: (role: ForkedRole, error: AppError) => void): void;
  /** A cancelled call of the query process does not stop: ends the process if it is stuck indeed. The engine is never
   *  ended for a cancel. */
  interruptQuery(): void;
  /** Pids by role, for tests and diagnostics. */
  pids(): Partial<Record<ForkedRole, number>>;
  /** Lets both processes end cleanly; ends them the hard way after a while. */
  stop(): Promise<void>;
}

const STOP_WAIT_MS = 5_000; // a sync stops at its next commit boundary, well within a second
/** A process this young is not stuck, it is starting. */
const INTERRUPT_REST_MS = 1_000;

export function createSupervisor<P extends ForkedProcess>(options: SupervisorOptions<P>): Supervisor<P> {
  return new ProcessSupervisor(options);
}

class ProcessSupervisor<P extends ForkedProcess> implements Supervisor<P> {
  readonly #keepers: Record<ForkedRole, Keeper<P>>;
  readonly #stateCallbacks: ((state: ProcessState) => void)[] = [];
  readonly #failedCallbacks: ((role: ForkedRole, error: AppError) => void)[] = [];
  #epoch = 0;

  constructor(options: SupervisorOptions<P>) {
    const keeperOf = (role: ForkedRole): Keeper<P> =>
      new Keeper(role, options, {
        nextEpoch: () => ++this.#epoch,
        state: (state) => this.#stateCallbacks.forEach((callback) => callback(state)),
        failed: (error) => this.#failedCallbacks.forEach((callback) => callback(role, error)),
      });
    this.#keepers = { engine: keeperOf('engine'), query: keeperOf('query') };
  }

  start(): void {
    for (const role of FORKED_ROLES) this.#keepers[role].start();
  }

  async connect(role: ForkedRole): Promise<Link> {
    return (await this.whenUp(role)).openLink();
  }

  whenUp(role: ForkedRole): Promise<P> {
    return this.#keepers[role].whenUp();
  }

  onState(callback: (state: ProcessState) => void): void {
    this.#stateCallbacks.push(callback);
  }

  onFailed(callback: (role: ForkedRole, error: AppError) => void): void {
    this.#failedCallbacks.push(callback);
  }

  interruptQuery(): void {
    this.#keepers.query.interrupt();
  }

  pids(): Partial<Record<ForkedRole, number>> {
    return Object.fromEntries(
      FORKED_ROLES.map((role) => [role, this.#keepers[role].pid] as const).filter(
        ([, pid]) => pid !== undefined,
      ),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(FORKED_ROLES.map((role) => this.#keepers[role].stop()));
  }
}

interface KeeperEvents {
  nextEpoch(): number;
  state(state: ProcessState): void;
  failed(error: AppError): void;
}

interface Waiter<P> {
  resolve: (process: P) => void;
  reject: (error: AppError) => void;
}

type Phase = 'starting' | 'up' | 'waiting' | 'stopping' | 'ended';

/** Keeps one role running: starts, waits after a crash, gives up after too many. */
class Keeper<P extends ForkedProcess> {
  readonly #role: ForkedRole;
  readonly #options: SupervisorOptions<P>;
  readonly #events: KeeperEvents;
  #phase: Phase = 'waiting';
  #process: P | undefined;
  #upSinceMs = 0;
  #epoch = 0;
  #failure: AppError | undefined;
  #crashTimesMs: number[] = [];
  #interrupted = false;
  #stopProbe: (() => void) | undefined;
  #waiters: Waiter<P>[] = [];
  #stopTimer: () => void = () => undefined;
  #onGone: (() => void)[] = [];

  constructor(role: ForkedRole, options: SupervisorOptions<P>, events: KeeperEvents) {
    this.#role = role;
    this.#options = options;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    this.#phase = 'starting';
    this.#epoch = this.#events.nextEpoch();
    const child = this.#options.fork(this.#role);
    this.#process = child;
    child.onMessage((message) => {
      if (this.#process !== child) return;
      if (message.c === 'ready') this.#ready(child);
      else if (message.c === 'failed') this.#giveUp(errorFrom(message.error));
      else if (message.c === 'alive') this.#probed(child, message.isStuck);
      else if (message.c === 'log') this.#log(message.entry);
      else if (message.c === 'secret') void this.#giveSecret(child, message);
    });
    child.onExit((reason) => {
      if (this.#process === child) this.#exited(reason);
    });
    child.post({ c: 'start', ...this.#options.start, epoch: this.#epoch });
  }

  whenUp(): Promise<P> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#phase === 'up' && this.#process !== undefined) return Promise.resolve(this.#process);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** A process whose event loop turns, and where nothing runs on that should not, is only slow. */
  interrupt(): void {
    const child = this.#process;
    const { runtime } = this.#options;
    if (this.#phase !== 'up' || this.#interrupted || child === undefined || this.#stopProbe !== undefined)
      return;
    if (runtime.nowMs() - this.#upSinceMs < INTERRUPT_REST_MS) return;
    child.post({ c: 'probe' });
    this.#stopProbe = runtime.startTimer(() => this.#probed(child, true), PROBE_WAIT_MS);
  }

  #probed(child: P, isStuck: boolean): void {
    this.#stopProbe?.();
    this.#stopProbe = undefined;
    if (!isStuck || this.#phase !== 'up' || this.#process !== child || this.#interrupted) return;
    this.#log({ level: 'warn', event: 'process is ended for a stuck cancel' });
    this.#interrupted = true;
    child.kill();
    this.#options.runtime.startTimer(() => {
      if (this.#process === child) child.killHard();
    }, KILL_GRACE_MS);
  }

  async stop(): Promise<void> {
    if (this.#phase === 'ended') return;
    const child = this.#process;
    this.#phase = 'stopping';
    this.#stopTimer();
    this.#rejectWaiters(new AppError('cancelled', 'the program is ending'));
    if (child === undefined) {
      this.#phase = 'ended';
      return;
    }
    const gone = new Promise<void>((resolve) => this.#onGone.push(resolve));
    child.post({ c: 'stop' });
    this.#stopTimer = this.#options.runtime.startTimer(() => child.killHard(), STOP_WAIT_MS);
    await gone;
  }

  async #giveSecret(
    child: P,
    { id, name, makes }: { id: number; name: string; makes: boolean },
  ): Promise<void> {
    const { readSecret, makeSecret } = this.#options;
    const give = makes ? makeSecret : readSecret;
    try {
      if (this.#role !== 'engine' || give === undefined)
        throw new AppError('not-available', 'this process is given no secrets');
      child.post({ c: 'secret', id, value: await give(name) });
    } catch (error) {
      child.post({ c: 'no-secret', id, error: toErrorShape(error) });
    }
  }

  #ready(child: P): void {
    if (this.#phase !== 'starting') return;
    this.#phase = 'up';
    this.#upSinceMs = this.#options.runtime.nowMs();
    this.#interrupted = false;
    this.#log({
      level: 'info',
      event: 'process is up',
      fields: { pid: child.pid ?? null, epoch: this.#epoch },
    });
    this.#events.state({ role: this.#role, state: 'up', epoch: this.#epoch });
    for (const { resolve } of this.#waiters.splice(0)) resolve(child);
  }

  #exited(reason: string): void {
    this.#process = undefined;
    this.#stopProbe?.();
    this.#stopProbe = undefined;
    this.#stopTimer();
    for (const callback of this.#onGone.splice(0)) callback();
    if (this.#phase === 'stopping') this.#phase = 'ended';
    if (this.#phase === 'ended') return;
    this.#phase = 'waiting';
    this.#log({ level: this.#interrupted ? 'info' : 'error', event: 'process ended', fields: { reason } });
    this.#events.state({ role: this.#role, state: 'down', epoch: this.#epoch });
    this.#restart(reason);
  }

  /** One that was ended on purpose is replaced at once and does not count as a crash. */
  #restart(reason: string): void {
    if (this.#interrupted) return this.start();
    const { runtime } = this.#options;
    const nowMs = runtime.nowMs();
    this.#crashTimesMs = [
      ...this.#crashTimesMs.filter((timeMs) => nowMs - timeMs < RESTARTS_WINDOW_MS),
      nowMs,
    ];
    const crashes = this.#crashTimesMs.length;
    if (crashes > RESTARTS_ALLOWED) {
      return this.#giveUp(
        new AppError(
          'internal',
          `the ${this.#role} process ended ${crashes} times within a minute (${reason}); the log says more`,
        ),
      );
    }
    const delayMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** (crashes - 1));
    this.#stopTimer = runtime.startTimer(() => this.start(), delayMs);
  }

  #giveUp(error: AppError): void {
    this.#phase = 'ended';
    this.#failure = error;
    this.#process?.killHard();
    this.#rejectWaiters(error);
    this.#log({
      level: 'error',
      event: 'process is given up',
      fields: { code: error.code, message: error.message },
    });
    this.#events.failed(error);
  }

  #rejectWaiters(error: AppError): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  #log(entry: LogEntry): void {
    this.#options.log({ ...entry, fields: { role: this.#role, ...entry.fields } });
  }
}

const errorFrom = ({ code, message, retryable, path, detail }: AppErrorShape): AppError =>
  new AppError(code, message, {
    retryable,
    ...(path === undefined ? {} : { path }),
    ...(detail === undefined ? {} : { detail }),
  });
