import type { AppErrorShape } from '../../shared/errors.ts';
import type { Frame } from '../../shared/rpc/frames.ts';

/**
 * What a shell and a process that it forked say to each other beside the contract. Both ends are the same build, so
 * these are plain types; the frames inside are parsed like any other.
 */

/** One numbered link among several in one channel. In Electron a link is a port of its own instead. */
export type LinkMessage =
  | { c: 'open'; link: number }
  | { c: 'frame'; link: number; frame: Frame; bin?: Uint8Array }
  | { c: 'close'; link: number; reason: string };

export interface StartOptions {
  dataDir: string;
  /** Raised with every process that is started. */
  epoch: number;
  /** Name and version of this build. */
  app: string;
}

export type ToChild =
  | LinkMessage
  | ({ c: 'start' } & StartOptions)
  /** Electron: the message carries one port, which is a link. */
  | { c: 'port' }
  /** Answered with `alive`, as soon as the event loop turns. */
  | { c: 'probe' }
  /** End soon and cleanly. */
  | { c: 'stop' }
  /** To the engine alone: what it asked for by the same `id`; null: it is not set. */
  | { c: 'secret'; id: number; value: string | null }
  | { c: 'no-secret'; id: number; error: AppErrorShape };

export type LogLevel = 'info' | 'warn' | 'error';
export interface LogEntry {
  level: LogLevel;
  /** What happened, in a few fixed words; details are fields. */
  event: string;
  fields?: Record<string, string | number | boolean | null>;
}

export type FromChild =
  | LinkMessage
  /** Links may be opened now. */
  | { c: 'ready' }
  /** It cannot start, and starting it again would not help. */
  | { c: 'failed'; error: AppErrorShape }
  /** `isStuck`: a call goes on although it was cancelled some time ago. */
  | { c: 'alive'; isStuck: boolean }
  | { c: 'log'; entry: LogEntry }
  /** From the engine alone: a source is about to connect. `makes`: where it is not set, a random value is. */
  | { c: 'secret'; id: number; name: string; makes: boolean };
